import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseWeights, type Weights } from "../linear/weights.ts";

/** Fitted by tools/train-toxicity.ts; its first line says to what. */
export const WEIGHTS_FILE = fileURLToPath(new URL("./toxicity.weights", import.meta.url));

export const readToxicityWeights = (): Weights => parseWeights(readFileSync(WEIGHTS_FILE), "toxicity");
