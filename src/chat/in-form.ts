import type { ChatCall, Form, Part } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { CHECKED_CHARACTERS_MAX, createAnswerCheck, type SchemaFaults } from "./schema-check.ts";

/** Reads one answer beside its way to the caller, and says whether it has the form that the call asks for. */
export type FormWatch = {
  saw(part: Part): void;
  /** When the answer is whole: what is wrong with it. undefined: nothing was to be checked, such as a refusal, a tool's call, or a cut text. */
  faults(): SchemaFaults | undefined;
  /** As the model wrote it. */
  readonly text: string;
};

/** undefined: the call asks for no form. Where it asks for several answers, all of them are looked at. */
export function watchForm({ responseFormat }: ChatCall): FormWatch | undefined {
  const check = createAnswerCheck(responseFormat);
  if (check === undefined) return undefined;
  const texts = new Map<number, string>();
  let characters = 0;
  let isOther = false;
  return {
    saw(part) {
      if (isOther) return;
      if (part.type === "text-delta") {
        texts.set(part.choice, (texts.get(part.choice) ?? "") + part.text);
        characters += part.text.length;
        // Nothing so long is checked, and a stream's parts are not to stay in memory for it.
        if (characters > CHECKED_CHARACTERS_MAX) isOther = true;
        if (isOther) texts.clear();
      } else if (part.type === "tool-input-start" || part.type === "refusal-delta") isOther = true;
      else if (part.type === "choice-finish" && part.reason !== "stop") isOther = true;
    },
    faults() {
      if (isOther || texts.size === 0) return undefined;
      const found = [...texts.values()].map((text) => check(text, texts.size));
      return found.includes(undefined) ? undefined : found.flatMap((faults) => faults ?? []);
    },
    get text() {
      return [...texts.values()].join("\n");
    },
  };
}

export type Mending = {
  /** One attempt. */
  ask(chat: ChatCall): AsyncIterable<readonly Part[]>;
  /** Everything that comes, of every attempt. */
  saw(parts: readonly Part[]): void;
  /** Begins another attempt at the same target for this conversation; false: it may not be made. */
  again(chat: ChatCall): Promise<boolean>;
  /** That attempt failed. false: the call ends with it. */
  gaveUp(fault: Fault): boolean;
  /** What became of it, before the last part is given. */
  judged(form: Form): void;
};

/**
 * A whole answer in the form that the call asks for. One that does not fit is given back to its model once, with what is wrong with it; the
 * second is taken as it is. Nothing leaves before it is known.
 */
export async function* inForm(chat: ChatCall, { ask, saw, again, gaveUp, judged }: Mending): AsyncGenerator<readonly Part[]> {
  const hear = async (of: ChatCall) => {
    const watch = watchForm(of);
    const parts: Part[] = [];
    for await (const some of ask(of)) {
      saw(some);
      for (const part of some) {
        watch?.saw(part);
        parts.push(part);
      }
    }
    return { parts, text: watch?.text ?? "", faults: watch?.faults() };
  };
  const first = await hear(chat);
  const { faults } = first;
  if (faults === undefined || faults.length === 0) {
    if (faults !== undefined) judged("fits");
    return void (yield first.parts);
  }
  const next = toMend(chat, first.text, faults);
  const second = (chat.sampling.n ?? 1) === 1 && (await again(next)) ? await orNothing(hear(next), gaveUp) : undefined;
  judged(second?.faults?.length === 0 ? "mended" : "misfit");
  yield (second ?? first).parts;
}

/** There is an answer already, and it is better than none. */
async function orNothing<Heard>(hearing: Promise<Heard>, gaveUp: (fault: Fault) => boolean): Promise<Heard | undefined> {
  try {
    return await hearing;
  } catch (error) {
    if (error instanceof Fault && gaveUp(error)) return undefined;
    throw error;
  }
}

/** The conversation goes on: the model sees what it wrote, and what is wrong with it. */
function toMend(chat: ChatCall, text: string, faults: SchemaFaults): ChatCall {
  const said = `This answer does not have the form that was asked for:\n${faults.map((fault) => `- ${fault}`).join("\n")}\nAnswer again, with the corrected JSON and nothing else.`;
  return { ...chat, messages: [...chat.messages, { role: "assistant", content: text }, { role: "user", content: said }] };
}

/** Bytes that a second attempt adds to the prompt, at most. */
export const bytesOf = ({ messages }: ChatCall, from: number): number =>
  messages.slice(from).reduce((sum, { content }) => sum + (typeof content === "string" ? Buffer.byteLength(content) : 0), 0);
