import type { Capabilities } from "../domain/target.ts";
import { didYouMean } from "./nearest.ts";
import type { Source } from "./source.ts";

type Model = { readonly name: string; readonly capabilities: Capabilities };

export type RetrievalConfig = {
  /** A model of kind embedding. undefined: documents are found by words alone, unless their collection names one. */
  readonly embedding: string | undefined;
  /** A model or route that answers. undefined: chunks have the lines that their documents give. */
  readonly contextModel: string | undefined;
  /** A model or route that answers. undefined: follow-up questions are made to stand alone without one. */
  readonly rewriteModel: string | undefined;
  readonly rewriteTimeoutMs: number;
  /** A model of kind rerank, or a route of such. undefined: there is no quality path. */
  readonly rerank: string | undefined;
  readonly rerankTimeoutMs: number;
};

export function readRetrieval(source: Source, models: readonly Model[]): RetrievalConfig {
  const { embedding, contextModel, rewriteModel, rewriteTimeoutMs, rerank, rerankTimeoutMs } = source.value.retrieval;
  checkModel(source, "embedding", { name: embedding, models, is: ({ embeddings }) => embeddings === true, kind: "embedding" });
  // Of a route each model is looked at, and the route itself by whoever reads routes.
  const route = rerank !== undefined && Object.hasOwn(source.value.routes, rerank) ? source.value.routes[rerank] : undefined;
  const ranking = route === undefined ? [rerank] : route.flatMap(({ use }) => use);
  for (const name of ranking) checkModel(source, "rerank", { name, models, is: ({ ranks }) => ranks === true, kind: "rerank" });
  for (const [setting, name] of [
    ["contextModel", contextModel],
    ["rewriteModel", rewriteModel],
  ] as const)
    if (name !== undefined && !Object.hasOwn(source.value.routes, name))
      checkModel(source, setting, { name, models, is: answers, kind: "chat" });
  return { embedding, contextModel, rewriteModel, rewriteTimeoutMs, rerank, rerankTimeoutMs };
}

const answers = ({ embeddings, ranks }: Capabilities): boolean => embeddings !== true && ranks !== true;

type Wanted = {
  readonly name: string | undefined;
  readonly models: readonly Model[];
  is(capabilities: Capabilities): boolean;
  readonly kind: string;
};

/** A model of the file that can do what it is wanted for. */
function checkModel(source: Source, setting: string, { name, models, is, kind }: Wanted): void {
  if (name === undefined) return;
  const fit = models.filter((model) => is(model.capabilities)).map((model) => model.name);
  if (fit.includes(name)) return;
  const known = fit.length === 0 ? ` No model has kind: ${kind}.` : ` Known: ${fit.join(", ")}.`;
  const message = models.some((model) => model.name === name)
    ? `the model ${name} is not of kind ${kind}.${known}`
    : `there is no model "${name}".${didYouMean(name, fit) || known}`;
  source.findings.problems.push({ place: source.placeOf(["retrieval", setting]), message });
}
