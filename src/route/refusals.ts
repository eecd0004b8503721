import type { Candidate, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";

/** The name is not repeated: people paste keys into the wrong field, and logs of clients keep errors. */
export function unknownModel(): Fault {
  return new Fault("model_unknown", {
    param: "model",
    say: "The model does not exist, or this key may not use it. GET /v1/models lists those that it may use.",
  });
}

const KEPT_IN =
  "The request holds personal data, which the policy keeps on private models, and no private model is eligible for this call.";

export function noChat(targets: readonly Target[]): Fault {
  const ranks = targets.every(({ capabilities }) => capabilities.ranks === true);
  const does = ranks ? "ranks documents only, at POST /v1/rerank." : "makes embeddings only, at POST /v1/embeddings.";
  return new Fault("body_invalid", { param: "model", say: `model: this one ${does}` });
}

/** Why nothing is left to ask, as the caller is told it. */
export function noTarget(candidates: readonly Candidate[]): Fault {
  const models = candidates.filter((each) => each.target.kind !== "extractive");
  if (models.length === 0)
    return new Fault("no_target", {
      say: "No model is configured for this call. Set ANTHROPIC_API_KEY, OPENAI_API_KEY or VLLM_BASE_URL, write weir.yaml, or ask with rag.enabled to be answered from documents.",
    });
  const reasons = [...new Set(models.map((each) => each.fell))];
  if (reasons.includes("personal-data")) return new Fault("personal_data_blocked", { say: KEPT_IN });
  const say = `No model is eligible for this call: ${models.map((each) => `${each.target.model} (${each.fell})`).join(", ")}.`;
  if (reasons.length === 1 && reasons[0] === "context") return new Fault("context_too_long", { say, param: "messages" });
  if (reasons.every((reason) => reason === "capability-images"))
    return new Fault("body_invalid", { say: noneReads(models), param: "messages" });
  if (reasons.every((reason) => reason?.startsWith("capability-"))) return new Fault("body_invalid", { say });
  return new Fault("no_target", { say });
}

const noneReads = (models: readonly Candidate[]): string =>
  `messages: the request holds an image, and no model that may serve it reads images: ${models.map(({ target }) => target.model).join(", ")}. Leave the image out, or ask a model that reads them: GET /v1/models says which do (weir.capabilities.images).`;
