import type { AnswerPart, Finish } from "../chat/index.ts";
import type { Call } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { gatherPart, toUsage, toWireChoice, type Choice } from "./chat-choice.ts";
import { toAnnotations, toWeirAnswer, weirHeaders, type Cited } from "./weir-answer.ts";

/** Gathers a whole answer into OpenAI's `chat.completion`. */
export async function answerJson(
  answer: AsyncIterable<readonly AnswerPart[]>,
  call: Call,
  limitHeaders: Readonly<Record<string, string>>,
): Promise<Response> {
  const choices: Choice[] = [];
  const cited: Cited[] = [];
  let finish: Finish | undefined;
  for await (const parts of answer) {
    for (const part of parts) {
      if (part.type === "finish") finish = part;
      else if (part.type === "citation") cited.push(part);
      else gatherPart(choices, part);
    }
  }
  if (finish === undefined) throw new Fault("bug");
  const weir = toWeirAnswer(finish, cited);
  const body = {
    id: `chatcmpl-${call.requestId.slice(4)}`,
    object: "chat.completion",
    created: Math.floor(call.startedAtMs / 1000),
    model: call.chat.model,
    choices: Array.from(choices, (choice, index) => toWireChoice(choice, index, toAnnotations(weir, cited, index))),
    usage: toUsage(finish.usage),
    ...(finish.systemFingerprint === undefined ? {} : { system_fingerprint: finish.systemFingerprint }),
    weir,
  };
  return new Response(JSON.stringify(body), { headers: { ...limitHeaders, ...weirHeaders(weir), "content-type": "application/json" } });
}
