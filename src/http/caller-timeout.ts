/** A day: beyond it nobody waits, and the number is a slip. */
const TIMEOUT_MS_MAX = 86_400_000;

/**
 * How long the caller says that it waits: `x-request-timeout-ms`, else `x-stainless-timeout`, which OpenAI's and Anthropic's clients send, in
 * seconds. A word that is no time is none: it must not fail a call that would be answered without it.
 */
export function callerTimeoutMs(headers: Pick<Headers, "get">): number | undefined {
  return toMs(headers.get("x-request-timeout-ms"), 1) ?? toMs(headers.get("x-stainless-timeout"), 1000);
}

function toMs(text: string | null, unitMs: number): number | undefined {
  if (text === null || !/^\d{1,9}(?:\.\d{1,6})?$/.test(text)) return undefined;
  const ms = Math.round(Number(text) * unitMs);
  return ms >= 1 && ms <= TIMEOUT_MS_MAX ? ms : undefined;
}
