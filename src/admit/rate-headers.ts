import type { RateNumbers } from "./rates.ts";

/** OpenAI's headers, on answers and refusals alike; none where nothing is limited. */
export function toRateHeaders(numbers: RateNumbers | undefined): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const kind of ["requests", "tokens"] as const) {
    const number = numbers?.[kind];
    if (number === undefined) continue;
    headers[`x-ratelimit-limit-${kind}`] = String(number.limit);
    headers[`x-ratelimit-remaining-${kind}`] = String(number.remaining);
    headers[`x-ratelimit-reset-${kind}`] = formatWait(number.resetMs);
  }
  return headers;
}

/** As OpenAI writes it: `120ms`, `1s`, `6m0s`, `1h0m0s`. Whole seconds from one second on, rounded up. */
export function formatWait(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`;
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3_600)}h${Math.floor((seconds % 3_600) / 60)}m${seconds % 60}s`;
}
