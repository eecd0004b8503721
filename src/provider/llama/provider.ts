import { randomBytes } from "node:crypto";
import type { LlamaConfig } from "../../config/index.ts";
import type { Part, Usage } from "../../domain/chat.ts";
import type { Embedded } from "../../domain/embedding.ts";
import type { Reranked } from "../../domain/rerank.ts";
import type { Target } from "../../domain/target.ts";
import { assertNever } from "../../kernel/assert-never.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import type { Deadlines } from "../deadlines.ts";
import type { EmbedAsk, Provider, ProviderCall, RankAsk } from "../spec.ts";
import { createEngine, type Engine } from "./engine.ts";
import { createExchange, type Exchange } from "./exchange.ts";
import type { Report } from "./lines.ts";
import { createMarkupReader, type MarkupReader } from "./markup.ts";
import { startModelProcess, type StartModelProcess } from "./model-process.ts";
import { createPlaces, type Places } from "./places.ts";
import { toChatOrder } from "./request.ts";
import { readVectors } from "./vectors.ts";

export type LlamaDeps = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly start?: StartModelProcess;
};

export type LlamaProvider = Provider & {
  /** Of the process that runs the model, while there is one. */
  readonly pid: number | undefined;
  readonly waiting: number;
};

type Parts = {
  readonly config: LlamaConfig;
  readonly engine: Engine;
  readonly places: Places;
  readonly deadlines: Deadlines;
};

/** A GGUF model on this machine's processor. Its calls share so many contexts, and wait in one bounded line. */
export function createLlamaProvider(config: LlamaConfig, deps: LlamaDeps): LlamaProvider {
  const { model, adapters, chatTemplate, threads, contexts, contextTokens } = config;
  const engine = createEngine(
    { type: "load", model, adapters, chatTemplate, threads, contexts, contextTokens },
    { start: deps.start ?? startModelProcess, monotonicMs: deps.clock.monotonicMs },
  );
  const places = createPlaces({ places: contexts, queue: config.queue }, deps.clock.monotonicMs);
  const parts: Parts = { config, engine, places, deadlines: deps.deadlines };
  return {
    name: config.name,
    stream: (asked, signal) => stream(parts, asked, signal),
    embed: (asked, signal) => embed(parts, asked, signal),
    rank: (asked, signal) => rank(parts, asked, signal),
    async probe(signal) {
      if (config.load === "start" || engine.pid !== undefined) await loaded(parts, signal);
    },
    close: () => engine.close(),
    get pid() {
      return engine.pid;
    },
    get waiting() {
      return places.waiting;
    },
  };
}

/** A model that is still being read when the prober's patience ends is slow, not away. */
async function loaded({ config, engine }: Parts, signal: AbortSignal): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const stop = (): void => patience.resolve();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([engine.load(), patience.promise]);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw new Fault("target_down", { say: `The model ${config.model} cannot be used: ${why}` });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function adapterOf(config: LlamaConfig, target: Target): string | undefined {
  if (target.upstream === config.modelName) return undefined;
  if (Object.hasOwn(config.adapters, target.upstream)) return target.upstream;
  throw new Fault("target_missing");
}

async function* stream(parts: Parts, asked: ProviderCall, signal: AbortSignal): AsyncGenerator<readonly Part[]> {
  const order = toChatOrder(asked, adapterOf(parts.config, asked.target));
  const exchange = createExchange(parts, order, asked.target.timeouts, signal);
  const reading = createReading(asked);
  try {
    await exchange.begin();
    for await (const reports of exchange.reports()) {
      const said = reports.flatMap((report) => reading.read(report));
      if (said.length > 0) yield said;
      if (reading.isDone()) break;
    }
  } catch (error) {
    const fault = Fault.from(error);
    const usage = reading.usage();
    if (usage === undefined) throw fault;
    yield [{ type: "usage", usage }];
    throw fault.with({ spent: true });
  } finally {
    exchange.cancel();
  }
}

/** What the model's process reports of one chat, as parts. */
function createReading({ chat, target }: ProviderCall) {
  let markup: MarkupReader | undefined;
  let usage: Usage | undefined;
  let done = false;
  const gathered: Part[] = [];

  const counted = (outputTokens: number): void => {
    if (usage !== undefined) usage = { ...usage, outputTokens };
  };
  const end = (rawReason: string): readonly Part[] => {
    done = true;
    const rest = markup?.end() ?? [];
    const called = (markup?.toolCalls ?? 0) > 0;
    const reason = called ? "tool-calls" : rawReason === "length" ? "length" : "stop";
    const last: Part[] = [{ type: "choice-finish", choice: 0, reason, rawReason }];
    if (usage !== undefined) last.push({ type: "usage", usage });
    return [...rest, ...last, { type: "finish", upstreamId: undefined, upstreamModel: target.upstream }];
  };
  const partsOf = (report: Report): readonly Part[] => {
    switch (report.type) {
      case "prompt": {
        const { inputTokens, cachedTokens, thinking } = report;
        usage = { inputTokens, cachedTokens, outputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, source: "reported" };
        const tools = chat.tools.length > 0 && chat.toolChoice !== "none";
        markup = createMarkupReader({ thinking, tools, makeId: () => `call_${randomBytes(12).toString("hex")}` });
        return [{ type: "usage", usage }];
      }
      case "text": {
        counted(report.outputTokens);
        const said = markup?.push(report.text) ?? [];
        return chat.parallelToolCalls === false && (markup?.toolCalls ?? 0) > 0 ? [...said, ...end("stop")] : said;
      }
      case "end":
        counted(report.outputTokens);
        if (report.reason === "cancelled") throw new Fault("target_broken");
        return end(report.reason);
      case "failed":
      case "loaded":
      case "refused":
      case "scores":
      case "vectors":
        throw new Fault("target_broken");
      default:
        return assertNever(report);
    }
  };
  return {
    read(report: Report): readonly Part[] {
      if (done) return [];
      const parts = partsOf(report);
      if (chat.stream) return parts;
      gathered.push(...parts);
      return done ? gathered : [];
    },
    isDone: () => done,
    usage: () => usage,
  };
}

async function embed(parts: Parts, { target, inputs, dimensions }: EmbedAsk, signal: AbortSignal): Promise<Embedded> {
  if (adapterOf(parts.config, target) !== undefined)
    throw new Fault("target_refused", { param: "model", say: "Embeddings are made without an adapter: name the model itself." });
  const report = await once(parts, { type: "embed", inputs }, target, signal);
  if (report.type !== "vectors") throw new Fault("target_broken");
  return { vectors: readVectors(report.vectors, dimensions), inputTokens: report.inputTokens };
}

async function rank(parts: Parts, { target, query, documents }: RankAsk, signal: AbortSignal): Promise<Reranked> {
  if (adapterOf(parts.config, target) !== undefined)
    throw new Fault("target_refused", { param: "model", say: "Documents are ranked without an adapter: name the model itself." });
  const report = await once(parts, { type: "rank", query, documents }, target, signal);
  if (report.type !== "scores" || report.scores.length !== documents.length || !report.scores.every(Number.isFinite))
    throw new Fault("target_broken", { spent: true });
  return { scores: report.scores, inputTokens: report.inputTokens };
}

async function once(parts: Parts, order: Parameters<Engine["run"]>[0], target: Target, signal: AbortSignal): Promise<Report> {
  const exchange: Exchange = createExchange(parts, order, target.timeouts, signal);
  try {
    await exchange.begin();
    for await (const [report] of exchange.reports()) if (report !== undefined) return report;
    throw new Fault("target_broken");
  } finally {
    exchange.cancel();
  }
}
