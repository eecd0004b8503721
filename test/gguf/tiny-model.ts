import { encodeGguf, type GgufTensor, type GgufValue } from "./gguf-file.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { tinyVocabulary } from "./tiny-vocabulary.ts";

/** A model that has learned nothing: seeded weights, 0.2 MB, a fraction of a millisecond a token. Its answers are the same on every machine. */
export type TinyModelOptions = {
  readonly seed?: number;
  /** `rank`: it scores documents instead, as Qwen3's rerankers do. */
  readonly head?: "chat" | "rank";
  readonly contextTokens?: number;
  readonly chatTemplate?: string;
};

const SIZE = 32;
const HEADS = 4;
const HIDDEN = 64;
const LAYERS = 2;
/** The first dimension is the same for every token, and tells the last layer which tokens are text. */
const BIAS = 8;

/** ChatML, with tools as Hermes and Qwen write them. */
export const TOOL_TEMPLATE = `{%- if tools -%}{{ '<|im_start|>system\\nTools:\\n' }}{%- for tool in tools -%}{{ tool | tojson }}{{ '\\n' }}{%- endfor -%}{{ 'Call one within <tool_call></tool_call>.<|im_end|>\\n' }}{%- endif -%}
{%- for m in messages -%}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}`;

export function writeTinyModel({
  seed = 1,
  head = "chat",
  contextTokens = 512,
  chatTemplate = TOOL_TEMPLATE,
}: TinyModelOptions = {}): Buffer {
  const vocabulary = tinyVocabulary();
  const architecture = head === "rank" ? "qwen3" : "llama";
  const random = createSeededRandom(seed);
  const own: Record<string, GgufValue> = {
    context_length: { u32: contextTokens },
    embedding_length: { u32: SIZE },
    block_count: { u32: LAYERS },
    feed_forward_length: { u32: HIDDEN },
    "attention.head_count": { u32: HEADS },
    "attention.head_count_kv": { u32: HEADS },
    "attention.key_length": { u32: SIZE / HEADS },
    "attention.value_length": { u32: SIZE / HEADS },
    "attention.layer_norm_rms_epsilon": { f32: 1e-5 },
    "rope.dimension_count": { u32: SIZE / HEADS },
    vocab_size: { u32: vocabulary.tokens.length },
    ...(head === "rank" ? { pooling_type: { u32: 4 }, "classifier.output_labels": ["yes", "no"] } : {}),
  };
  return encodeGguf({
    metadata: {
      "general.architecture": architecture,
      "general.name": "tiny",
      ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${architecture}.${key}`, value])),
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.pre": "gpt-2",
      "tokenizer.ggml.tokens": vocabulary.tokens,
      "tokenizer.ggml.token_type": vocabulary.types,
      "tokenizer.ggml.merges": vocabulary.merges,
      "tokenizer.ggml.eos_token_id": { u32: vocabulary.end },
      "tokenizer.ggml.add_bos_token": false,
      "tokenizer.chat_template": chatTemplate,
    },
    tensors: [...outerTensors(random, vocabulary.written), ...layerTensors(random, head), ...(head === "rank" ? [rankHead(random)] : [])],
  });
}

function outerTensors(random: () => number, written: readonly boolean[]): GgufTensor[] {
  const embedding = matrix("token_embd.weight", SIZE, written.length, random);
  const output = matrix("output.weight", SIZE, written.length, random);
  written.forEach((isWritten, token) => {
    embedding.values[token * SIZE] = BIAS;
    output.values[token * SIZE] = isWritten ? BIAS : -BIAS;
  });
  return [embedding, output, ones("output_norm.weight", SIZE)];
}

function layerTensors(random: () => number, head: "chat" | "rank"): GgufTensor[] {
  return Array.from({ length: LAYERS }, (_, layer) => {
    const name = (part: string): string => `blk.${String(layer)}.${part}.weight`;
    const keys = head === "rank" ? [ones(name("attn_q_norm"), SIZE / HEADS), ones(name("attn_k_norm"), SIZE / HEADS)] : [];
    return [
      ones(name("attn_norm"), SIZE),
      ...["attn_q", "attn_k", "attn_v", "attn_output"].map((part) => matrix(name(part), SIZE, SIZE, random)),
      ...keys,
      ones(name("ffn_norm"), SIZE),
      matrix(name("ffn_gate"), SIZE, HIDDEN, random),
      matrix(name("ffn_up"), SIZE, HIDDEN, random),
      matrix(name("ffn_down"), HIDDEN, SIZE, random),
    ];
  }).flat();
}

const rankHead = (random: () => number): GgufTensor => matrix("cls.output.weight", SIZE, 2, random);

/** A LoRA adapter of the tiny model that changes what it says. */
export function writeTinyAdapter(seed = 2): Buffer {
  const rank = 4;
  const random = createSeededRandom(seed);
  const tensors = Array.from({ length: LAYERS }, (_, layer) => {
    const name = `blk.${String(layer)}.ffn_down.weight`;
    return [matrix(`${name}.lora_a`, HIDDEN, rank, random), matrix(`${name}.lora_b`, rank, SIZE, random)];
  }).flat();
  const metadata = {
    "general.architecture": "llama",
    "general.type": "adapter",
    "adapter.type": "lora",
    "adapter.lora.alpha": { f32: 64 },
  };
  return encodeGguf({ metadata, tensors });
}

function matrix(name: string, inputs: number, outputs: number, random: () => number): GgufTensor {
  const scale = 2 / Math.sqrt(inputs);
  return { name, dimensions: [inputs, outputs], values: Float32Array.from({ length: inputs * outputs }, () => (random() * 2 - 1) * scale) };
}
const ones = (name: string, size: number): GgufTensor => ({ name, dimensions: [size], values: new Float32Array(size).fill(1) });
