import { Fault } from "../../kernel/fault.ts";

const FLOAT_BYTES = 4;

/** Vectors as the model's process sends them; shortened to `dimensions` and made of length one again where the caller asks for fewer. */
export function readVectors(encoded: readonly string[], dimensions: number | undefined): readonly Float32Array[] {
  return encoded.map((text) => {
    const vector = fromBase64(text);
    if (dimensions === undefined || dimensions === vector.length) return vector;
    if (dimensions > vector.length) {
      const say = `The model's vectors have ${String(vector.length)} dimensions.`;
      throw new Fault("target_refused", { param: "dimensions", say });
    }
    return toUnit(vector.subarray(0, dimensions));
  });
}

function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return Float32Array.from({ length: bytes.length / FLOAT_BYTES }, (_, at) => bytes.readFloatLE(at * FLOAT_BYTES));
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => (length === 0 ? 0 : value / length));
}
