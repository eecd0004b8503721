import type { Config } from "../config/index.ts";
import { ok, warning, type Finding } from "./finding.ts";

/** By what documents will be found. Words alone is a choice, and one that is easily made by forgetting. */
export function checkEmbedding({ retrieval, models }: Pick<Config, "retrieval" | "models">): readonly Finding[] {
  const { embedding } = retrieval;
  if (embedding !== undefined) return [ok("retrieval", `documents are found by words and by vectors of ${embedding}`)];
  const fit = models.filter(({ capabilities }) => capabilities.embeddings === true).map(({ name }) => name);
  const say = "no embedding model is set: documents are found by words alone, unless their collection names one";
  return [
    fit.length === 0
      ? warning("retrieval", say, "Give a model `kind: embedding`, and name it in `retrieval: { embedding: … }`.")
      : warning("retrieval", say, `Name one in \`retrieval: { embedding: … }\`: ${fit.join(", ")}.`),
  ];
}
