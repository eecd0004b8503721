/** The one place of the console that calls the server. It asks the public and the admin API, as any client does. */

type ErrorBody = {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string | null };
};

/** An answer that says no, in the server's words. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** The server's permanent name for it: `budget_spent`, `forbidden`. */
  readonly code: string;
  /** The field that is meant, where there is one. */
  readonly param: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  constructor(
    message: string,
    detail: {
      status: number;
      code: string;
      param?: string | undefined;
      requestId?: string | undefined;
      retryAfterSeconds?: number | undefined;
    },
  ) {
    super(message);
    this.status = detail.status;
    this.code = detail.code;
    this.param = detail.param;
    this.requestId = detail.requestId;
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}

const isErrorBody = (body: unknown): body is ErrorBody =>
  typeof body === "object" &&
  body !== null &&
  "error" in body &&
  typeof body.error === "object" &&
  body.error !== null &&
  "message" in body.error;

async function toError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const retryAfter = Number(response.headers.get("retry-after"));
  const common = {
    status: response.status,
    requestId: response.headers.get("x-weir-request-id") ?? undefined,
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
  };
  if (!isErrorBody(body)) return new ApiError(`The server answered with status ${response.status}.`, { ...common, code: "unreadable" });
  return new ApiError(body.error.message, { ...common, code: body.error.code ?? body.error.type, param: body.error.param ?? undefined });
}

/** Told once for every answer that asks for a sign-in, so that the shell can show it. */
let onSignedOut: () => void = () => {};
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener;
};

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/a` and `{b: 1, c: undefined}` is `/a?b=1`. */
export function withQuery(path: string, query: Query | undefined): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}

export type Ask = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Query | undefined;
  /** Sent as JSON; a FormData as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Nobody answered; browsers each say that in words of their own. */
const unreachable = (): TypeError => new TypeError("The server could not be reached. Once it runs again, try again.");

/** The answer as it is, for streams and files. Throws ApiError for what is no success. The header lets the session's cookie count: a foreign page cannot send it. */
export async function ask(path: string, { method = "GET", query, body, signal, headers }: Ask = {}): Promise<Response> {
  const isForm = body instanceof FormData;
  const response = await fetch(withQuery(path, query), {
    method,
    credentials: "same-origin",
    headers: { "x-weir-console": "1", ...(body === undefined || isForm ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw error instanceof TypeError ? unreachable() : error;
  });
  if (response.ok) return response;
  const error = await toError(response);
  if (error.status === 401) onSignedOut();
  throw error;
}

/** The types are the contract's, which the server's answers are tested against. */
async function json<T>(path: string, options: Ask): Promise<T> {
  const response = await ask(path, options);
  const body: T = response.status === 204 ? undefined : await response.json();
  return body;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => json<T>(path, { query, signal });
export const post = <T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> =>
  json<T>(path, { method: "POST", body: body ?? {}, signal });
export const patch = <T>(path: string, body: unknown): Promise<T> => json<T>(path, { method: "PATCH", body });
export const put = <T>(path: string, body: unknown): Promise<T> => json<T>(path, { method: "PUT", body });
export const del = <T>(path: string, query?: Query): Promise<T> => json<T>(path, { method: "DELETE", query });

export type UploadOptions = { readonly signal: AbortSignal; /** From 0 to 1, of what has left. */ onProgress(share: number): void };

/** Sends a form and tells how much of it has left, which `fetch` cannot. Throws ApiError as the others do. */
export async function upload<T>(path: string, form: FormData, { signal, onProgress }: UploadOptions): Promise<T> {
  signal.throwIfAborted();
  const response = await new Promise<Response>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.open("POST", path);
    request.responseType = "blob";
    request.setRequestHeader("x-weir-console", "1");
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total));
    request.addEventListener("load", () => {
      const id = request.getResponseHeader("x-weir-request-id");
      const body: unknown = request.response;
      resolve(
        new Response(body instanceof Blob ? body : null, {
          status: request.status,
          headers: id === null ? {} : { "x-weir-request-id": id },
        }),
      );
    });
    request.addEventListener("error", () => reject(unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("It was stopped.", "AbortError")));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    signal.addEventListener("abort", stop);
    request.send(form);
  });
  if (response.ok) {
    const body: T = await response.json();
    return body;
  }
  const error = await toError(response);
  if (error.status === 401) onSignedOut();
  throw error;
}
