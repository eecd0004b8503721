import { CommandError } from "./command.ts";
import { fieldOf, findText } from "./read.ts";
import { printable } from "./terminal.ts";

/** A server, called with one key. Errors are thrown as CommandError in the server's own words. */
export type Api = {
  readonly url: string;
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  upload(path: string, form: FormData): Promise<unknown>;
  /** The body of a streamed answer. */
  stream(path: string, body: unknown): Promise<ReadableStream<Uint8Array>>;
  /** A stream that is only listened to, until the signal. */
  events(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
};

export type ApiDeps = {
  readonly url: string;
  readonly key: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly signal: AbortSignal | undefined;
};

/** A refusal by the server, with its status. */
export class ApiError extends CommandError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export function createApi({ url, key, fetch, signal }: ApiDeps): Api {
  const base = url.replace(/\/+$/, "");
  const send = async (method: string, path: string, body?: unknown, own?: AbortSignal): Promise<Response> => {
    const json = body === undefined || body instanceof FormData;
    const init: RequestInit = {
      method,
      headers: { authorization: `Bearer ${key}`, ...(json ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      ...withSignals(signal, own),
      redirect: "error",
    };
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, init);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new CommandError(`No server answers at ${base} (${reasonOf(error)}).`);
    }
    if (!response.ok) throw await toError(response);
    return response;
  };
  const readJson = async (response: Response): Promise<unknown> => {
    const text = await response.text();
    if (text === "") return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new CommandError(`The server at ${base} did not answer with JSON: is it a Weir?`);
    }
  };
  return {
    url: base,
    get: async (path) => readJson(await send("GET", path)),
    post: async (path, body) => readJson(await send("POST", path, body)),
    delete: async (path) => readJson(await send("DELETE", path)),
    upload: async (path, form) => readJson(await send("POST", path, form)),
    stream: async (path, body) => {
      const response = await send("POST", path, body);
      if (response.body === null) throw new CommandError("The server's answer has no body.");
      return response.body;
    },
    async events(path, own) {
      const { body } = await send("GET", path, undefined, own);
      if (body === null) throw new CommandError("The server's answer has no body.");
      return body;
    },
  };
}

function withSignals(...signals: readonly (AbortSignal | undefined)[]): { readonly signal?: AbortSignal } {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length === 0 ? {} : { signal: AbortSignal.any(given) };
}

async function toError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  let message: string | undefined;
  try {
    const error = fieldOf(JSON.parse(text), "error");
    message = findText(error, "message");
    const param = findText(error, "param");
    if (message !== undefined && param !== undefined && !message.includes(param)) message = `${message} (${param})`;
  } catch {
    message = undefined;
  }
  return new ApiError(printable(message ?? `The server answered with status ${String(response.status)}.`), response.status);
}

function reasonOf(error: unknown): string {
  const code = fieldOf(error, "code") ?? fieldOf(fieldOf(error, "cause"), "code");
  return typeof code === "string" ? code : "no connection";
}

/** A path with its parts escaped: `pathOf("admin", "v1", slug)`. */
export const pathOf = (...parts: readonly string[]): string => `/${parts.map((part) => encodeURIComponent(part)).join("/")}`;

/** `?a=1&b=2` from what is defined; `""` from nothing. */
export function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** Every row of a listing that pages by `nextCursor`. */
export async function listAll(
  api: Api,
  path: string,
  values: Readonly<Record<string, string | number | undefined>> = {},
): Promise<unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get(`${path}${queryOf({ ...values, cursor })}`);
    const data = fieldOf(page, "data");
    if (Array.isArray(data)) rows.push(...(data as readonly unknown[]));
    cursor = findText(page, "nextCursor");
  } while (cursor !== undefined);
  return rows;
}

/** Every row of a listing in OpenAI's form: `after` is the last id, `has_more` says whether to go on. */
export async function listAllAfter(api: Api, path: string, values: Readonly<Record<string, string | undefined>> = {}): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (;;) {
    const after = findText(rows.at(-1), "id");
    const page = await api.get(`${path}${queryOf({ limit: 100, ...values, after })}`);
    const data = fieldOf(page, "data");
    if (!Array.isArray(data) || data.length === 0) return rows;
    rows.push(...(data as readonly unknown[]));
    if (fieldOf(page, "has_more") !== true) return rows;
  }
}
