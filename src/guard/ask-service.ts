import type { Fetch } from "../kernel/outbound.ts";

export type ServiceOptions = {
  /** Without a trailing slash. */
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
};

/** An answer that is longer is no answer to what was asked. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** Asks one of the operator's own services by JSON. Rejects on anything but an answer: what was not looked at has not passed. */
export async function askService(fetch: Fetch, { url, apiKey, timeoutMs }: ServiceOptions, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!answer.ok) throw new TypeError(`the service answered with status ${String(answer.status)}`);
  const bytes = await answer.arrayBuffer();
  if (bytes.byteLength > ANSWER_BYTES_MAX) throw new TypeError("the service's answer is too long");
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** A field of an answer, however deep: `["choices", 0, "message", "content"]`; undefined where the answer has none. */
export function readAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  return at;
}
