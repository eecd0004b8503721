import { toIso } from "../kernel/clock.ts";

/** Ids, counts, codes and durations. Never content, keys, SQL parameters or an upstream's text. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/**
 * One JSON object a line. `write` gets whole lines. Nothing that is logged holds content; `scrub` is for the day on which something does all
 * the same: it sees every text, and a text that it cannot look at is not written.
 */
export function createLog(write: (line: string) => void, nowMs: () => number, scrub: (text: string) => string = (text) => text): Log {
  const clean = (value: LogFields[string]): LogFields[string] => {
    if (typeof value !== "string") return value;
    try {
      return scrub(value);
    } catch {
      return "(not shown: it could not be looked at)";
    }
  };
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const shown = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)]));
      write(`${JSON.stringify({ time: toIso(nowMs()), level, message: clean(message), ...shown })}\n`);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What may be said of an unexpected error: its class and where it arose, not its message, which may hold content. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? error.cause : error;
  const frame = cause.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  const code: unknown = Reflect.get(cause, "code");
  return { error: cause.name, code: typeof code === "string" ? code : undefined, at: frame?.trim().slice(0, 200) };
}
