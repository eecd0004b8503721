import { readFile } from "node:fs/promises";
import { exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { getLlama, InsufficientMemoryError, type LlamaModel } from "node-llama-cpp";
import type { Job, LoadOrder, Order, Report } from "../lines.ts";
import { createContexts } from "./contexts.ts";
import { generate, type Generator } from "./generate.ts";
import { Refusal } from "./refusal.ts";
import { createChatTemplate } from "./template.ts";
import { createVectors, type Vectors } from "./vectors.ts";

/** The process that runs one model. It ends with the server: their pipe closes. */

type Engine = { readonly generator: Generator; readonly vectors: Vectors };

const report = (value: Report): void => void stdout.write(`${JSON.stringify(value)}\n`);
/** Room enough to make a context, and no more. */
const CHECK_TOKENS = 64;
const running = new Map<number, AbortController>();

async function load(order: LoadOrder): Promise<Engine> {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    maxThreads: order.threads,
    // Nothing that a model is asked may reach a log, and llama.cpp's own lines are not made with that in mind.
    logger: () => undefined,
  });
  const model = await llama.loadModel({ modelPath: order.model, gpuLayers: 0 });
  const contextTokens = Math.min(order.contextTokens, model.trainContextSize);
  const source = order.chatTemplate === undefined ? templateOf(model) : await readFile(order.chatTemplate, "utf8");
  const template = createChatTemplate(source, { bos: model.tokens.bosString ?? "", eos: model.tokens.eosString ?? "" });
  const { adapters, contexts: count, threads } = order;
  await checkAdapters(model, order);
  const contexts = createContexts(model, { adapters, contexts: count, contextTokens, threads });
  return {
    generator: { llama, model, template, contexts, contextTokens, report },
    vectors: createVectors(model, { contextTokens, threads }),
  };
}

/** An adapter that does not fit is known before the first call asks for it. */
async function checkAdapters(model: LlamaModel, { adapters, threads }: LoadOrder): Promise<void> {
  for (const [name, filePath] of Object.entries(adapters)) {
    try {
      const context = await model.createContext({ contextSize: CHECK_TOKENS, threads, lora: { adapters: [{ filePath }] } });
      await context.dispose();
    } catch {
      throw new Error(`the adapter ${name} (${filePath}) does not fit the model`);
    }
  }
}

function templateOf(model: LlamaModel): string | undefined {
  const template: unknown = model.fileInfo.metadata.tokenizer?.chat_template;
  return typeof template === "string" ? template : undefined;
}

async function work(engine: Promise<Engine>, job: Job): Promise<void> {
  const { id } = job;
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const { generator, vectors } = await engine;
    if (job.type === "chat") await generate(generator, job, stop.signal);
    else report(job.type === "embed" ? await vectors.embed(job, stop.signal) : await vectors.rank(job, stop.signal));
  } catch (error) {
    report({ type: "refused", id, ...sayOf(error) });
  } finally {
    running.delete(id);
  }
}

function sayOf(error: unknown): Pick<Extract<Report, { type: "refused" }>, "code" | "say" | "param"> {
  if (error instanceof Refusal) return { code: error.code, say: error.message, param: error.param };
  if (error instanceof InsufficientMemoryError)
    return { code: "target_failed", say: "There is not enough memory for another context of the model." };
  // An error of llama.cpp may quote what it was given.
  return { code: "target_failed" };
}

function obey(engine: Promise<Engine>, order: Order): void {
  if (order.type === "cancel") running.get(order.id)?.abort();
  else if (order.type !== "load") void work(engine, order);
}

let engine: Promise<Engine> | undefined;
for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  const order: Order = JSON.parse(line);
  if (order.type === "load") {
    engine = load(order);
    engine.then(
      ({ generator }) => report({ type: "loaded", contextTokens: generator.contextTokens }),
      (error: unknown) => report({ type: "failed", why: error instanceof Error ? error.message : "unknown" }),
    );
  } else if (engine !== undefined) obey(engine, order);
}
exit(0);
