/** One timed step of a call. Times are epoch milliseconds with fractions. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: "internal" | "server" | "client";
  readonly startMs: number;
  readonly endMs: number;
  /** Ids, names, counts and codes; never content. Those that are undefined are left out. */
  readonly attributes: Attributes;
  /** A fault code where it failed. */
  readonly error: string | undefined;
};
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
