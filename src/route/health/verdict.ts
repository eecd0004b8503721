import type { Fault, FaultCode } from "../../kernel/fault.ts";
import type { Outcome } from "./breaker.ts";

/** What shows that a target does not serve. */
const BAD: ReadonlySet<FaultCode> = new Set(["target_down", "target_failed", "target_timeout", "target_broken"]);
/** The answer came; it is us who would not pass it on. */
const OURS: ReadonlySet<FaultCode> = new Set(["canary_leaked", "output_blocked", "answer_invalid"]);

/**
 * What the end of an attempt says about its target. A rate limit (429, 529, our own full queue) wants patience and not an open breaker;
 * refused credentials or a model that is not there are for the operator to read, not to hide behind one; a refusal of this very request
 * would come again anywhere. `cut`: our own caller's time was up, or it left.
 */
export function verdictOf(fault: Fault | undefined, cut: boolean): Outcome {
  if (cut) return "neither";
  if (fault === undefined || OURS.has(fault.code)) return "good";
  return BAD.has(fault.code) ? "bad" : "neither";
}
