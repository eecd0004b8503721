import type { Fetch } from "../kernel/outbound.ts";
import { askService, readAt, type ServiceOptions } from "./ask-service.ts";

/** Asks another model whether a text is an attack, from 0 to 1. Rejects where it fails or takes too long. */
export type Opinion = {
  /** A permanent word, for the record. */
  readonly name: string;
  readonly ask: (text: string) => Promise<number>;
  /** `ignore`: where it fails, the built-in classifier's word stands alone. */
  readonly onFailure: "refuse" | "ignore";
};

export type OpinionOptions = ServiceOptions & {
  readonly kind: "moderation" | "llama-guard" | "prompt-guard";
  /** As the service knows it. */
  readonly model: string | undefined;
  readonly onFailure: Opinion["onFailure"];
};

/** The end of what was said, as far as guard models read: their windows are short, and the newest words come last. */
const CHARACTERS_MAX = 16_000;
const SAFE_LABEL = /^(?:benign|safe|label_0|legit)/i;

/**
 * `moderation`: OpenAI's `/moderations`. `llama-guard`: a chat model that answers `safe` or `unsafe`. `prompt-guard`: a classifier behind `/predict`, as Text
 * Embeddings Inference serves it, with a label and a score.
 */
export function createOpinion(fetch: Fetch, options: OpinionOptions): Opinion {
  const { kind, model, onFailure } = options;
  const asks: Readonly<Record<OpinionOptions["kind"], (text: string) => Promise<number>>> = {
    async moderation(input) {
      const answer = await askService(fetch, options, "/moderations", { input, ...(model === undefined ? {} : { model }) });
      const flagged = readAt(answer, ["results", 0, "flagged"]);
      if (typeof flagged !== "boolean") throw new TypeError("no verdict of a moderation endpoint");
      return flagged ? 1 : 0;
    },
    async "llama-guard"(content) {
      const body = { model: model ?? "llama-guard", messages: [{ role: "user", content }], max_tokens: 16, temperature: 0 };
      const said = readAt(await askService(fetch, options, "/chat/completions", body), ["choices", 0, "message", "content"]);
      const word = typeof said === "string" ? /^\s*(safe|unsafe)\b/i.exec(said)?.[1]?.toLowerCase() : undefined;
      if (word === undefined) throw new TypeError("no verdict of a guard model");
      return word === "unsafe" ? 1 : 0;
    },
    async "prompt-guard"(inputs) {
      const answer = await askService(fetch, options, "/predict", { inputs });
      const scores = Array.isArray(answer) && Array.isArray(answer[0]) ? (answer[0] as readonly unknown[]) : answer;
      if (!Array.isArray(scores) || scores.length === 0) throw new TypeError("no verdict of a classifier");
      return scores.reduce((most: number, each: unknown) => {
        const [label, score] = [readAt(each, ["label"]), readAt(each, ["score"])];
        if (typeof label !== "string" || typeof score !== "number") throw new TypeError("no verdict of a classifier");
        return SAFE_LABEL.test(label) ? most : Math.max(most, score);
      }, 0);
    },
  };
  return { name: `opinion:${kind}`, ask: (text) => asks[kind](text.slice(-CHARACTERS_MAX)), onFailure };
}
