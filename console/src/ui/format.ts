/** How numbers, money and times are written. One place, so that every page writes them alike. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const formatCount = (count: number): string => whole.format(count);
export const formatCompact = (count: number): string => compact.format(count);
export const formatPercent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** Micro-dollars as dollars. Exact below a cent, where two digits would say nothing. */
export function formatUsd(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  if (microUsd === 0) return "$0.00";
  if (Math.abs(usd) < 0.01) return `$${usd.toFixed(6).replace(/0+$/, "")}`;
  return usd.toLocaleString("en", { style: "currency", currency: "USD" });
}

/** Milliseconds in the unit that reads best. */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? "B"}`;
}

/** `at` as the API gives it: ISO text, or seconds since 1970 where OpenAI's protocol has them. */
const toDate = (at: string | number): Date => new Date(typeof at === "number" ? at * 1000 : at);
export const formatMoment = (at: string | number): string => moment.format(toDate(at));
export const formatDay = (at: string | number): string => day.format(toDate(at));
export const formatClock = (at: string | number): string => clock.format(toDate(at));

/** How long ago, in words; the whole moment belongs into the title. */
export function formatAgo(at: string | number, nowMs = Date.now()): string {
  const ms = nowMs - toDate(at).getTime();
  if (ms < 0) return formatMoment(at);
  if (ms < 60_000) return "just now";
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  if (ms < 30 * 86_400_000) return `${Math.floor(ms / 86_400_000)} d ago`;
  return formatDay(at);
}
