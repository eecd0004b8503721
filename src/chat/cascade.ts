import type { ChatCall, Form, Part } from "../domain/chat.ts";
import type { CascadeMark, Gate } from "../domain/cascade.ts";
import type { Grounding } from "../domain/grounding.ts";
import type { Target } from "../domain/target.ts";
import type { Said } from "./answer-part.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";
import { askJudge } from "./judge.ts";
import { createMeanLogprob, withoutLogprobs } from "./logprobs.ts";
import type { Meter } from "./meter.ts";
import type { Run } from "./run.ts";
import type { Stages } from "./stages.ts";
import type { Trying } from "./trying.ts";

/** A whole answer that has not left. */
export type Held = {
  /** As the rules on answers let it pass. */
  readonly said: readonly Said[];
  readonly end: Extract<Part, { type: "finish" }>;
  readonly meter: Meter;
  readonly form: Form | undefined;
  readonly grounding: Grounding | undefined;
  readonly meanLogprob: number | undefined;
};
type Verdict = "passed" | "failed" | "unjudged";

export type Cascade = {
  /** The best answer so far that did not pass: given where no better one can be had. */
  readonly held: Held | undefined;
  /** Its answer is judged before it leaves. The last one's is given as it comes. */
  judges(target: Target): boolean;
  /** It does not stand above the model whose answer is held. */
  isNoStepUp(target: Target): boolean;
  /** What the target is asked with, and what of its answer is the caller's. */
  ears(target: Target): Ears;
  /** Whether this answer may be given. What does not pass, or cannot be judged, is held, and counted as a step up. */
  passes(held: Held, signal: AbortSignal): Promise<boolean>;
};
export type Ears = {
  asking(chat: ChatCall): ChatCall;
  hears(parts: readonly Part[]): readonly Part[];
  readonly meanLogprob: number | undefined;
};

/** Targets are asked from the first, which is the cheapest, up; the first answer that passes the gate is the caller's. */
export function createCascade(stages: Stages, run: Run, trying: Trying, gate: Gate): Cascade {
  const models = trying.plan.targets.filter(({ kind }) => kind !== "extractive");
  let held: Held | undefined;
  const mark = (change: Partial<CascadeMark>): void =>
    void (run.cascade = { ...(run.cascade ?? { gate: gate.kind, asked: 0, escalated: 0 }), ...change });
  // A second try for an answer's form is an attempt, too.
  const judges = (target: Target): boolean =>
    target.kind !== "extractive" && models.indexOf(target) < models.length - 1 && run.attempts < ATTEMPTS_MAX - 1;
  return {
    get held() {
      return held;
    },
    judges,
    isNoStepUp: (target) =>
      held !== undefined && (run.attempts >= ATTEMPTS_MAX || models.indexOf(target) <= models.indexOf(held.meter.target)),
    ears(target) {
      mark({ asked: (run.cascade?.asked ?? 0) + 1 });
      const own = trying.call.chat.sampling.logprobs === true;
      if (!judges(target) || gate.kind !== "logprobs" || target.kind !== "openai" || own) return plainEars();
      return logprobEars();
    },
    async passes(answer, signal) {
      const verdict = await judge(stages, run, trying, { gate, answer, signal });
      if (verdict === "passed") return true;
      held = answer;
      const unjudged = (run.cascade?.unjudged ?? 0) + (verdict === "unjudged" ? 1 : 0);
      mark({ escalated: (run.cascade?.escalated ?? 0) + 1, ...(unjudged === 0 ? {} : { unjudged }) });
      return false;
    },
  };
}

function plainEars(): Ears {
  const watch = createMeanLogprob();
  return {
    asking: (chat) => chat,
    hears(parts) {
      parts.forEach(watch.saw);
      return parts;
    },
    get meanLogprob() {
      return watch.mean;
    },
  };
}

/** Log probabilities that the gate asked for are not the caller's. */
function logprobEars(): Ears {
  const plain = plainEars();
  return {
    asking: (chat) => ({ ...chat, sampling: { ...chat.sampling, logprobs: true } }),
    hears: (parts) => plain.hears(parts).flatMap((part) => withoutLogprobs(part) ?? []),
    get meanLogprob() {
      return plain.meanLogprob;
    },
  };
}

type Judging = { readonly gate: Gate; readonly answer: Held; readonly signal: AbortSignal };

async function judge(stages: Stages, run: Run, trying: Trying, { gate, answer, signal }: Judging): Promise<Verdict> {
  const { text, calls } = wordsOf(answer.said);
  // Nothing was said: whatever its model's confidence, that is no answer.
  if (text.trim() === "" && calls === "") return "failed";
  switch (gate.kind) {
    case "form":
      return judgeForm(trying.call.chat, answer.form, calls !== "");
    case "logprobs":
      return atLeast(answer.meanLogprob, gate.min);
    case "judge":
      return atLeast(await askJudge(stages, run, trying, { model: gate.model, answer: `${text}${calls}` }, signal), gate.min);
  }
}

const atLeast = (value: number | undefined, min: number): Verdict =>
  value === undefined ? "unjudged" : value >= min ? "passed" : "failed";

/** A call that asks for no form is content with any; a tool's call has its own. */
function judgeForm({ responseFormat }: ChatCall, form: Form | undefined, isToolCall: boolean): Verdict {
  if (responseFormat === undefined || responseFormat.type === "text" || form === "fits" || form === "mended") return "passed";
  if (form === "misfit") return "failed";
  return isToolCall ? "passed" : "unjudged";
}

/** What a judge reads: texts, and the calls of tools as they would be made. */
function wordsOf(said: readonly Said[]): { readonly text: string; readonly calls: string } {
  let text = "";
  let calls = "";
  for (const part of said) {
    if (part.type === "text-delta" || part.type === "refusal-delta") text += part.text;
    else if (part.type === "tool-input-start") calls += `\nThe model calls the tool ${part.name} with `;
    else if (part.type === "tool-input-delta") calls += part.text;
  }
  return { text, calls };
}
