/**
 * How one call to the fake upstream goes, told in words such as `fault=reset;at=middle;parts=40`: in the header `x-fake-upstream`, after
 * an `@` in the model's name, or anywhere in the last user message. The first of these that names a key decides it.
 */
export type Directives = {
  readonly fault: FaultName | undefined;
  readonly at: Position;
  /** An answer with this status and an error body. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  /** Text parts of the answer; each is one token. */
  readonly parts: number;
  readonly reasoning: number;
  /** Parallel tool calls, of the tools that the request offers. */
  readonly tools: number;
  readonly cached: number;
  readonly usage: "sent" | "none" | "zero";
  /** The finish reason, in the protocol's own word. */
  readonly finish: string | undefined;
  /** `no`: an OpenAI stream ends without `[DONE]`. */
  readonly done: "yes" | "no";
  /** `close`: no chunks and no length; the end of the connection is the end of the body. */
  readonly framing: "chunked" | "close";
  /** Parts a second; undefined: as fast as they are read. */
  readonly pace: number | undefined;
  /** Name of a gate that lets parts through one by one. */
  readonly gate: string | undefined;
  /** A name for the call, to find it by in the ledger. */
  readonly call: string | undefined;
  /** A recorded answer, sent as it is. */
  readonly fixture: string | undefined;
};

export const POSITIONS = ["first", "middle", "last"] as const;
export type Position = (typeof POSITIONS)[number];

/** Faults before the head of an answer. A refused connection is none of them: see `refusedUrl`. */
export const HEAD_FAULTS = ["reset-head", "end-head", "slow-first-byte", "garbage", "redirect", "context"] as const;
/** Faults inside an answer, at a position. */
export const BODY_FAULTS = ["stall", "end", "truncate", "reset", "malformed", "error", "cut-character"] as const;
export type FaultName = (typeof HEAD_FAULTS)[number] | (typeof BODY_FAULTS)[number];

const KEYS = "fault|at|status|retry-after|parts|reasoning|tools|cached|usage|finish|done|framing|pace|gate|call|fixture";
const PAIR = new RegExp(`(?<![\\w-])(${KEYS})=([\\w.+-]+)`, "g");

export function readDirectives(...sources: readonly (string | undefined)[]): Directives {
  const found = new Map<string, string>();
  for (const source of sources) {
    for (const [, key = "", value = ""] of source?.matchAll(PAIR) ?? []) if (!found.has(key)) found.set(key, value);
  }
  const text = (key: string): string | undefined => found.get(key);
  const count = (key: string, otherwise: number): number => {
    const value = Number(found.get(key) ?? otherwise);
    if (!Number.isFinite(value) || value < 0) throw new TypeError(`fake upstream: ${key}=${found.get(key)} is no count`);
    return value;
  };
  const oneOf = <T extends string>(key: string, allowed: readonly T[], otherwise: T): T => {
    const value = found.get(key) ?? otherwise;
    const known = allowed.find((each) => each === value);
    if (known === undefined) throw new TypeError(`fake upstream: ${key}=${value} is none of ${allowed.join(", ")}`);
    return known;
  };
  return {
    fault: found.has("fault") ? oneOf<FaultName>("fault", [...HEAD_FAULTS, ...BODY_FAULTS], "reset") : undefined,
    at: oneOf("at", POSITIONS, "middle"),
    status: found.has("status") ? count("status", 500) : undefined,
    retryAfter: text("retry-after"),
    parts: count("parts", 20),
    reasoning: count("reasoning", 0),
    tools: count("tools", 0),
    cached: count("cached", 0),
    usage: oneOf("usage", ["sent", "none", "zero"], "sent"),
    finish: text("finish"),
    done: oneOf("done", ["yes", "no"], "yes"),
    framing: oneOf("framing", ["chunked", "close"], "chunked"),
    pace: found.has("pace") ? count("pace", 50) : undefined,
    gate: text("gate"),
    call: text("call"),
    fixture: text("fixture"),
  };
}
