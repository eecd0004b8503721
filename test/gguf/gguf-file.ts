/** What a GGUF file holds beside its tensors. A list is one of texts, or of whole numbers. */
export type GgufValue = string | boolean | { readonly u32: number } | { readonly f32: number } | readonly string[] | readonly number[];

export type GgufTensor = {
  readonly name: string;
  /** Fastest-changing dimension first. */
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
};

export type GgufFile = { readonly metadata: Readonly<Record<string, GgufValue>>; readonly tensors: readonly GgufTensor[] };

const VERSION = 3;
const ALIGNMENT = 32;
const F32 = 0;
const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 } as const;

/** A GGUF file of 32-bit floats (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
export function encodeGguf({ metadata, tensors }: GgufFile): Buffer {
  const entries = Object.entries(metadata);
  const head = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) head.push(text(key), encodeValue(value));
  let offset = 0;
  const data: Buffer[] = [];
  for (const { name, dimensions, values } of tensors) {
    head.push(text(name), u32(dimensions.length), ...dimensions.map(u64), u32(F32), u64(offset));
    const bytes = padded(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    data.push(bytes);
    offset += bytes.length;
  }
  return Buffer.concat([padded(Buffer.concat(head)), ...data]);
}

function encodeValue(value: GgufValue): Buffer {
  if (typeof value === "string") return Buffer.concat([u32(TYPES.text), text(value)]);
  if (typeof value === "boolean") return Buffer.concat([u32(TYPES.bool), Buffer.from([value ? 1 : 0])]);
  if ("u32" in value) return Buffer.concat([u32(TYPES.u32), u32(value.u32)]);
  if ("f32" in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.f32);
    return Buffer.concat([u32(TYPES.f32), bytes]);
  }
  const isText = typeof value[0] === "string";
  const items = value.map((item) => (typeof item === "string" ? text(item) : u32(item)));
  return Buffer.concat([u32(TYPES.list), u32(isText ? TYPES.text : TYPES.i32), u64(items.length), ...items]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
