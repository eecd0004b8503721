import type { ToxicityMode } from "../../domain/guard-policy.ts";
import type { ScoreToxicity } from "../toxicity/score-toxicity.ts";
import { TOXIC_ABOVE } from "../toxicity/score-toxicity.ts";
import type { Channel, OutputRule, Say, Watch } from "./output-rule.ts";

export type ToxicityOptions = { readonly mode: Exclude<ToxicityMode, "off">; readonly score: ScoreToxicity };

/** A sentence is judged when it has ended; of a longer one, its beginning: ordinary sentences are half as long. */
export const TOXICITY_HOLD_CHARACTERS_MAX = 256;
/** Of the sentence before, where one speaks of somebody that it does not name: "They are everywhere. I hate them." */
const CONTEXT_CHARACTERS = 160;
const SOMEBODY = /\b(?:they|them|their|theirs|these|those)\b/i;

/** A tool's input is for a program. */
const SAID: ReadonlySet<Channel> = new Set(["text", "reasoning", "refusal"]);

/** Sentences that are hateful, or that insult or threaten somebody. An answer that speaks of self-harm is not stopped: it may be help. */
export function toxicityRule(options: ToxicityOptions): OutputRule {
  const isDetect = options.mode === "detect";
  return {
    name: "toxicity",
    channels: SAID,
    strict: !isDetect,
    watch: () => watchSentences(options),
  };
}

const REPORTED = ["hate", "harassment", "threat"] as const;
/** A mark and the space after it, or a line's end; ideographic marks need no space. */
const SENTENCE_END = /[.!?…]["'”’)\]]*\s|[。！？\n]/g;

function watchSentences({ mode, score }: ToxicityOptions): Watch {
  let context = "";
  let pending = "";
  let from = 0;

  function judge(sentence: string, say: Say): void {
    if (!/\p{L}/u.test(sentence)) return;
    const { categories } = score(SOMEBODY.test(sentence) ? context + sentence : sentence);
    for (const category of REPORTED) {
      if (categories[category] <= TOXIC_ABOVE) continue;
      if (mode === "block") say.blocked(category, "output_blocked");
      say.detected(category);
      // What was told of is not told of again with the next sentence.
      context = "";
      return;
    }
    context = sentence.slice(-CONTEXT_CHARACTERS);
  }

  function take(length: number, say: Say): void {
    judge(pending.slice(0, length), say);
    pending = pending.slice(length);
    from += length;
  }

  return {
    push(text, at, say) {
      if (pending === "") from = at;
      const searched = Math.max(0, pending.length - 1);
      pending += text;
      const ends = Array.from(pending.slice(searched).matchAll(SENTENCE_END), (match) => searched + match.index + match[0].length);
      let taken = 0;
      for (const end of ends) {
        take(end - taken, say);
        taken = end;
      }
      while (pending.length >= TOXICITY_HOLD_CHARACTERS_MAX) take(TOXICITY_HOLD_CHARACTERS_MAX, say);
      return mode === "detect" ? at + text.length : from;
    },
    end(at, say) {
      if (pending !== "") take(pending.length, say);
      context = "";
      from = at;
    },
  };
}
