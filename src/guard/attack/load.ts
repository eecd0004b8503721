import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseWeights, type Weights } from "../linear/weights.ts";

/** The weights that come with the source. Throws where they are missing or do not fit: a guard must not start half. */
export const loadInjectionWeights = (): Weights => parseWeights(readFileSync(join(import.meta.dirname, "injection.weights")), "injection");
