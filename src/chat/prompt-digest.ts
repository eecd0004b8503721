import type { Call } from "../domain/chat.ts";
import { withInstructions } from "../domain/instructions.ts";
import type { Target } from "../domain/target.ts";
import type { Stages } from "./stages.ts";

/** Of what the operator and the application tell a model, as against what its user says. Models with instructions of their own are told more. */
export function promptDigest(
  { digest }: Pick<Stages, "digest">,
  { who, chat }: Pick<Call, "who" | "chat">,
  target: Target | undefined,
): string {
  const { systemPrompt } = who.tenant;
  let text = (target === undefined ? systemPrompt : withInstructions(target, systemPrompt)) ?? "";
  for (const message of chat.messages)
    if (message.role === "system" || message.role === "developer")
      text += `\n${typeof message.content === "string" ? message.content : JSON.stringify(message.content)}`;
  return digest(text);
}
