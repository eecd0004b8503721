import { toIso } from "../kernel/clock.ts";

/** Ids, counts, codes and durations. Never content, keys, SQL parameters or an upstream's text. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/** One JSON object a line. `write` gets whole lines. */
export function createLog(write: (line: string) => void, nowMs: () => number): Log {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(`${JSON.stringify({ time: toIso(nowMs()), level, message, ...fields })}\n`);
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
