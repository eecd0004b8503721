import { createLinearModel, type ReadExtra } from "../linear/model.ts";
import type { Weights } from "../linear/weights.ts";
import { createEvidenceReader, EVIDENCE, type Evident } from "./read-evidence.ts";

/** How hateful a folded text (`foldToxic`) is towards a group of people, from 0 to 1. Linear in its length. */
export function createHateModel(weights: Weights): (folded: string) => number {
  const model = createLinearModel(weights);
  const readEvidence = createEvidenceReader();
  const named = Float64Array.from(EVIDENCE, (name) => weights.header.named[name] ?? 0);
  const seen = new Int32Array(EVIDENCE.length);
  let round = 0;
  let evident: Evident = { at: new Int32Array(0), id: new Uint8Array(0), count: 0 };

  /** Each counts once in a window. */
  function weigh(from: number, to: number): number {
    round++;
    let sum = 0;
    for (let i = 0; i < evident.count && (evident.at[i] ?? 0) < to; i++) {
      const id = evident.id[i] ?? 0;
      if ((evident.at[i] ?? 0) < from || seen[id] === round) continue;
      seen[id] = round;
      sum += named[id] ?? 0;
    }
    return sum;
  }
  const readExtra: ReadExtra = (sheet) => {
    evident = readEvidence(sheet);
    return weigh;
  };
  return (folded) => model.score(folded, readExtra).score;
}
