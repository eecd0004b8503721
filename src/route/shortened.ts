import { toContextPolicy, type ContextPolicy } from "../domain/context-policy.ts";
import type { Room, Shortened } from "../domain/shorten.ts";
import type { HealthView } from "../domain/target-health.ts";
import type { Candidate } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import type { Facts } from "./about.ts";
import { estimateInputTokens, roomOf } from "./context.ts";
import type { Wanted } from "./eligible.ts";

type Shortening = {
  readonly candidates: readonly Candidate[];
  /** What the rule that took the call says. */
  readonly policy: ContextPolicy | undefined;
  readonly wanted: Pick<Wanted, "chat" | "who"> & Pick<Facts, "shorten">;
  readonly health: HealthView;
};

/**
 * The prompt for the roomiest model, where only its length stands between a call and every model, and its policy lets it be trimmed; undefined:
 * it is planned as it is. Throws `context_too_long` where what may not be left out is too long and no last resort remains.
 */
export function shortenedFor({ candidates, policy, wanted, health }: Shortening): Shortened | undefined {
  const { shorten, chat, who } = wanted;
  if (shorten === undefined || toContextPolicy(policy, who.tenant.context) === "refuse") return undefined;
  const models = candidates.filter(({ target }) => target.kind !== "extractive");
  if (models.some(({ fell }) => fell === undefined)) return undefined;
  const room = roomiest(candidates, chat, health);
  if (room === undefined) return undefined;
  const shortened = shorten(room);
  if (shortened.fits) return shortened;
  if (candidates.some(({ fell }) => fell === undefined)) return undefined;
  throw tooLong(estimateInputTokens(shortened.inputBytes - room.bytesMax));
}

/** Of the models that only lack room. One whose breaker is open would not be asked. */
function roomiest(candidates: readonly Candidate[], chat: Wanted["chat"], health: HealthView): Room | undefined {
  let most: Room | undefined;
  for (const { target, fell } of candidates) {
    if (fell !== "context" || health.of(target).state === "open") continue;
    const room = roomOf(chat, target);
    if (room !== undefined && (most === undefined || room.bytesMax > most.bytesMax)) most = room;
  }
  return most;
}

const tooLong = (tokens: number): Fault =>
  new Fault("context_too_long", {
    param: "messages",
    say: `The request is about ${String(tokens)} tokens longer than the model with the most room takes, even without everything that may be left out: instructions, tools, the last question and the answer that was asked for stay.`,
  });
