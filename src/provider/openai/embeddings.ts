import type { Embedded, Vector } from "../../domain/embedding.ts";
import { Fault } from "../../kernel/fault.ts";
import type { TenantId } from "../../kernel/ids.ts";
import { countOf, isRecord } from "../json.ts";
import type { EmbedAsk, Provider } from "../spec.ts";
import { countTokens } from "../token-count.ts";
import type { Transport } from "../transport.ts";
import { errorObjectFault } from "../upstream-fault.ts";
import { isOpenAiHost } from "./dialect.ts";

type EmbedDeps = {
  readonly baseUrl: string;
  /** The wire's own: credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: Pick<Transport, "json">;
  /** vLLM keeps prefixes of inputs as it does those of prompts. undefined: the server is none that knows a salt. */
  readonly cacheSalt?: ((tenantId: TenantId) => string) | undefined;
};

/** `POST /embeddings` of OpenAI and of every server that speaks like it. */
export function createOpenAiEmbed({ baseUrl, headers: own, transport, cacheSalt }: EmbedDeps): NonNullable<Provider["embed"]> {
  const plain = { accept: "application/json", "accept-encoding": "identity", "content-type": "application/json" };
  const headers = new Headers({ ...own, ...plain });
  const url = `${baseUrl}/embeddings`;
  // A quarter of the bytes; other servers may not know it.
  const format = isOpenAiHost(new URL(baseUrl).hostname) ? "base64" : "float";
  return async (asked, signal) => {
    const { target, inputs, dimensions } = asked;
    const salt = cacheSalt?.(asked.call.who.tenant.id);
    const body = JSON.stringify({ model: target.upstream, input: inputs, dimensions, encoding_format: format, cache_salt: salt });
    const sent = asked.traceparent === undefined ? headers : new Headers({ ...own, ...plain, traceparent: asked.traceparent });
    return readEmbeddings(await transport.json({ url, headers: sent, body, timeouts: target.timeouts }, signal), asked);
  };
}

/** Whole or not at all: fewer vectors, or an index twice, would put one text's vector beside another text. */
export function readEmbeddings(body: unknown, { inputs }: Pick<EmbedAsk, "inputs">): Embedded {
  if (!isRecord(body)) throw broken();
  if (body["error"] !== undefined && body["error"] !== null) throw errorObjectFault(body);
  const { data } = body;
  if (!Array.isArray(data) || data.length !== inputs.length) throw broken();
  const vectors: (Vector | undefined)[] = inputs.map(() => undefined);
  for (const [position, item] of data.entries()) {
    if (!isRecord(item)) throw broken();
    const index = item["index"] === undefined ? position : countOf(item["index"]);
    if (index === undefined || index >= vectors.length || vectors[index] !== undefined) throw broken();
    vectors[index] = readVector(item["embedding"]);
  }
  const whole = vectors.filter((vector) => vector !== undefined);
  if (whole.some((vector) => vector.length !== whole[0]?.length)) throw broken();
  const reported = isRecord(body["usage"])
    ? (countOf(body["usage"]["prompt_tokens"]) ?? countOf(body["usage"]["total_tokens"]))
    : undefined;
  return reported !== undefined && reported > 0
    ? { vectors: whole, inputTokens: reported }
    : { vectors: whole, inputTokens: countInputs(inputs), counted: true };
}

/** Numbers, or base64 of 32-bit floats. llama.cpp writes null where its sums came to no number. */
function readVector(value: unknown): Vector {
  if (typeof value === "string") {
    const bytes = Buffer.from(value, "base64");
    if (bytes.length === 0 || bytes.length % 4 !== 0) throw broken();
    const floats = Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
    if (!floats.every(Number.isFinite)) throw broken();
    return floats;
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFiniteNumber)) throw broken();
  return value;
}

const isFiniteNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** An answer that came was paid for, though it cannot be used. */
const broken = (): Fault => new Fault("target_broken", { spent: true });

function countInputs(inputs: EmbedAsk["inputs"]): number {
  let tokens = 0;
  for (const input of inputs) tokens += typeof input === "string" ? countTokens(input) : input.length;
  return tokens;
}
