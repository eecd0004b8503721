import { unitVector } from "../../src/domain/unit-vector.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";

export const DIMENSIONS = 384;
/** Topics, of which some are ten times as frequent as others; within one, texts differ about as much as topics do. */
const CENTRES = 2_000;
const SPREAD = 0.9;

/** Vectors as an embedding model makes them: round the centres of topics. A question is nearer to its topic than a chunk is. */
export function createVectorSource(seed: number) {
  const random = createSeededRandom(seed);
  const bell = (): number => random() + random() + random() + random() - 2;
  const centres = Array.from({ length: CENTRES }, () => Float32Array.from({ length: DIMENSIONS }, bell));
  const round = (spread: number): Float32Array => {
    const centre = centres[Math.floor(random() ** 2 * CENTRES)] ?? new Float32Array(DIMENSIONS);
    return unitVector(centre.map((value) => value + spread * bell())) ?? centre;
  };
  return { chunk: () => round(SPREAD), question: () => round(SPREAD / 2) };
}
