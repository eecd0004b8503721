import type { z } from "zod";
import type { attempt } from "../../../../src/contract/answer-call.ts";
import type { timings, WireCallEvent } from "../../../../src/contract/call-event.ts";
import { callsText as text } from "#text/calls.ts";

export type CallEvent = WireCallEvent;
export type Attempt = z.infer<typeof attempt>;
type Timings = z.infer<typeof timings>;

/** One bar of the waterfall, in microseconds from the call's arrival. */
export type Span = {
  readonly id: string;
  readonly label: string;
  readonly say: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly kind: "own" | "wait" | "answer" | "failed";
};

const STEPS = [
  ["checkedUs", "check"],
  ["retrievedUs", "retrieve"],
  ["siftedUs", "sift"],
  ["routedUs", "route"],
  ["openedUs", "open"],
] as const;

/** What of a call's time went where, in the order in which it was spent. */
export function toSpans(times: Timings, attempts: readonly Attempt[]): Span[] {
  const { admitUs } = times;
  const spans: Span[] = [{ id: "admit", label: text.steps.admit, say: text.stepSay.admit, startUs: 0, endUs: admitUs, kind: "own" }];
  let from = 0;
  for (const [mark, step] of STEPS) {
    const at = times[mark];
    if (at === undefined) continue;
    spans.push({ id: step, label: text.steps[step], say: text.stepSay[step], startUs: admitUs + from, endUs: admitUs + at, kind: "own" });
    from = at;
  }
  for (const [at, { beganUs, firstUs, endedUs }] of times.attempts.entries()) {
    const attempt = attempts[at];
    const model = attempt?.model ?? "";
    const began = admitUs + beganUs;
    if (firstUs === undefined) {
      const [kind, step] = attempt?.outcome === "finished" ? (["answer", "stream"] as const) : (["failed", "failed"] as const);
      spans.push({ id: `${at}`, label: text.steps[step](model), say: text.stepSay[step], startUs: began, endUs: admitUs + endedUs, kind });
      continue;
    }
    const first = admitUs + firstUs;
    const failed = attempt?.outcome === "failed";
    spans.push({ id: `${at}w`, label: text.steps.wait(model), say: text.stepSay.wait, startUs: began, endUs: first, kind: "wait" });
    const [kind, step] = failed ? (["failed", "failed"] as const) : (["answer", "stream"] as const);
    spans.push({ id: `${at}a`, label: text.steps[step](model), say: text.stepSay[step], startUs: first, endUs: admitUs + endedUs, kind });
  }
  const { answerRulesUs } = times;
  if (answerRulesUs !== undefined && answerRulesUs > 0) {
    const first = admitUs + (times.attempts.at(-1)?.firstUs ?? from);
    spans.push({
      id: "rules",
      label: text.steps.rules,
      say: text.stepSay.rules,
      startUs: first,
      endUs: first + answerRulesUs,
      kind: "own",
    });
  }
  return spans;
}
