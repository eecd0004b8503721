/** Without a body it is a GET. */
export type Request = { readonly url: string; readonly headers: Headers; readonly body: string | undefined };
export type Reply = {
  readonly status: number;
  header(name: string): string | null;
  /** The body piece by piece; undefined: it ended cleanly, by HTTP's own rules. Rejects where it broke off. */
  read(): Promise<Uint8Array | undefined>;
  /** A short body in one step, where that is quicker. */
  whole?(): Promise<Uint8Array>;
};
/** A pool of connections to one server. Redirects are replies like any other. */
export type Connection = {
  request(request: Request): { readonly reply: Promise<Reply>; /** Closes the connection at once. */ abort(): void };
  close(): void;
};
