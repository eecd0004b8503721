import type { ChatCall, Part, Passage } from "../domain/chat.ts";
import type { Step } from "../domain/course.ts";
import { Fault } from "../kernel/fault.ts";
import { bytesOf, inForm, watchForm } from "./in-form.ts";
import type { Meter } from "./meter.ts";
import { raise } from "./reservation.ts";
import type { Run } from "./run.ts";
import type { Stages } from "./stages.ts";
import type { Trying } from "./trying.ts";

/** One target asked for one answer. */
export type TargetAttempt = {
  /** The answer's parts, as the provider sends them. */
  readonly parts: AsyncIterable<readonly Part[]>;
  /** Counts what came. Called with every list of `parts`. */
  saw(parts: readonly Part[]): void;
  /** The answer is whole. Throws `answer_invalid` where its form was promised and it has another. */
  end(): void;
  readonly meter: Meter;
};

type Leaving = { readonly step: Step; readonly chat: ChatCall; readonly passages: readonly Passage[] };

export function openAttempt(stages: Stages, run: Run, trying: Trying, leaving: Leaving, signal: AbortSignal): TargetAttempt {
  const { call, inputBytes } = trying;
  const { step, chat, passages } = leaving;
  const first = run.begin(step.target, chat);
  let meter = first;
  run.form = undefined;
  const ask = (of: ChatCall): AsyncIterable<readonly Part[]> => {
    const bytes = inputBytes + bytesOf(of, chat.messages.length);
    const maxOutputTokens = stages.fitOutput(of, bytes, step.target) ?? of.maxOutputTokens;
    return stages.ask({ call, target: step.timed, chat: { ...of, maxOutputTokens }, passages }, signal);
  };
  const count = (parts: readonly Part[]): void => {
    step.answered();
    for (const part of parts) meter.saw(part);
  };
  const watch = watchForm(chat);
  // What has left cannot be mended: a stream's form is told at its end.
  const mends = watch !== undefined && !chat.stream;
  const again = async (next: ChatCall): Promise<boolean> => {
    meter.end("finished");
    if (!(await canAskAgain(stages, run, trying, { ...leaving, chat: next })) || !step.again()) return false;
    meter = run.begin(step.target, next);
    return true;
  };
  let failed: Fault | undefined;
  /** The second attempt failed: what is told is the first's answer. */
  const gaveUp = (fault: Fault): boolean => {
    if (signal.aborted) return false;
    failed = fault.with({ spent: true });
    meter.end("failed", fault.code);
    meter = first;
    return true;
  };
  return {
    parts: mends ? inForm(chat, { ask, saw: count, again, gaveUp, judged: (form) => void (run.form = form) }) : ask(chat),
    saw(parts) {
      if (mends) return;
      count(parts);
      if (watch !== undefined) for (const part of parts) watch.saw(part);
    },
    end() {
      const faults = mends ? undefined : watch?.faults();
      if (faults !== undefined) run.form = faults.length === 0 ? "fits" : "misfit";
      if (run.form === "misfit" && !chat.stream && isPromised(chat)) throw new Fault("answer_invalid", { spent: true });
      step.end(failed);
    },
    get meter() {
      return meter;
    },
  };
}

/** Whoever asks for a strict schema parses without looking. */
const isPromised = ({ responseFormat }: ChatCall): boolean => responseFormat?.type === "json-schema" && responseFormat.strict === true;

/** A second attempt must fit the context, and must be paid for. */
async function canAskAgain(stages: Stages, run: Run, { call, inputBytes, admitted }: Trying, leaving: Leaving): Promise<boolean> {
  const { step, chat } = leaving;
  const bytes = inputBytes + bytesOf(chat, chat.messages.length - 2);
  if (stages.fitOutput(chat, bytes, step.target) === undefined) return false;
  try {
    await raise(stages, run, { call, admitted, target: step.target, inputBytes: bytes });
    return true;
  } catch (error) {
    // The budget ends here. There is an answer.
    if (error instanceof Fault) return false;
    throw error;
  }
}
