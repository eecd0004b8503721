/**
 * What becomes of a key that misuses its calls, from lax to strict. `detect`: it is told of. `throttle`: it gets few calls a minute.
 * `suspend`: beyond the second threshold it gets none until somebody lifts that.
 */
export const ABUSE_MODES = ["off", "detect", "throttle", "suspend"] as const;
export type AbuseMode = (typeof ABUSE_MODES)[number];

export type AbusePolicy = {
  readonly mode: AbuseMode;
  /** Scores. */
  readonly throttleAbove: number;
  readonly suspendAbove: number;
  /** In which a score halves. */
  readonly halfLifeMinutes: number;
  /** Of a throttled key. */
  readonly callsPerMinute: number;
};

/** The worst that a key's score has passed: the first threshold, or the second. */
export type AbuseLevel = "elevated" | "high";

/** What counts against a key. `tool-withheld` is a result of a tool that the caller sent and others may have written. */
export type Misuse =
  | "injection-blocked"
  | "canary-leaked"
  | "injection-seen"
  | "output-blocked"
  | "personal-data-blocked"
  | "tool-withheld";
