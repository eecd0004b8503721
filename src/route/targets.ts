import type { Config, ModelConfig } from "../config/index.ts";
import type { Instructions, Target } from "../domain/target.ts";
import type { Price } from "../kernel/money.ts";

export type KnownPrice = { readonly price: Price; readonly version: string };

const FREE: Price = Object.freeze({ inputPerMTok: 0, outputPerMTok: 0 });

/** Answers from the documents alone, in this process: private, free, everywhere. */
export const EXTRACTIVE: Target = Object.freeze({
  model: "extractive",
  provider: "extractive",
  upstream: "extractive",
  kind: "extractive",
  trust: "private",
  region: undefined,
  contextTokens: undefined,
  capabilities: Object.freeze({ tools: false, jsonSchema: false, images: true, manyChoices: false }),
  price: FREE,
  priceVersion: "none",
  timeouts: Object.freeze({ firstByteMs: 10_000, idleMs: 10_000, totalMs: 30_000 }),
});

/** Every configured model at its provider. `findPrice` is the price book's. */
export function toTargets(
  config: Pick<Config, "providers" | "models">,
  findPrice: (kind: string, upstream: string) => KnownPrice | undefined,
): Map<string, Target> {
  const targets = new Map<string, Target>();
  for (const model of config.models) {
    const provider = config.providers.find((each) => each.name === model.provider);
    if (provider === undefined) throw new TypeError(`model ${model.name} names provider ${model.provider}, which is none`);
    const { kind, trust, region, timeouts } = provider;
    const dataCollection = provider.kind === "llama" ? undefined : provider.dataCollection;
    const { name, upstream, contextTokens, capabilities } = model;
    const priced = priceOf(model, trust === "private", findPrice(kind, upstream));
    targets.set(name, {
      model: name,
      provider: provider.name,
      upstream,
      kind,
      trust,
      region,
      ...(dataCollection === undefined ? {} : { dataCollection }),
      contextTokens,
      capabilities,
      timeouts,
      ...(model.promptCache === undefined ? {} : { promptCache: model.promptCache }),
      ...(model.instructions === undefined ? {} : { instructions: toInstructions(model.instructions) }),
      ...priced,
    });
  }
  return targets;
}

const toInstructions = (text: string): Instructions => ({ text, bytes: Buffer.byteLength(text) });

/** The configuration's word first; a private model without one costs nothing by declaration; an external one may be in the book. */
function priceOf(model: ModelConfig, isPrivate: boolean, known: KnownPrice | undefined): Pick<Target, "price" | "priceVersion"> {
  if (model.price !== undefined) return { price: model.price, priceVersion: "config" };
  if (isPrivate) return { price: FREE, priceVersion: "private" };
  return known === undefined ? { price: undefined, priceVersion: "unknown" } : { price: known.price, priceVersion: known.version };
}
