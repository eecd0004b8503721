/**
 * Fits the classifier of attacks and writes its weights: bun tools/train-injection.ts [--benign FILE]. FILE holds refusals that were mistakes, as
 * `weir guard reports export` writes them; what is fitted on them belongs to whoever's texts they are. Reads the public data beside the repository and our own
 * templates; the same data gives the same bytes. Calibrated on scores of texts whose source was left out.
 */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { serialiseWeights } from "../src/guard/linear/weights.ts";
import { label, readCorpus } from "./injection/corpus.ts";
import { calibrate, crossValidate } from "./injection/cross-validate.ts";
import { ATTACK_SHARE, SETTINGS, createReader, fit } from "./injection/fit.ts";
import { describeProvenance } from "./injection/provenance.ts";
import { readReported } from "./injection/reported.ts";
import { DATA, hasData } from "./injection/sources.ts";

if (!hasData()) throw new Error(`the data is expected in ${DATA}`);
const { benign } = parseArgs({ options: { benign: { type: "string" } } }).values;
const corpus = [...readCorpus(SETTINGS.seed), ...(benign === undefined ? [] : [readReported(benign)])];
const texts = corpus.reduce((sum, source) => sum + source.texts.length, 0);
console.log(`${String(corpus.length)} sources, ${String(texts)} texts`);
const tested = crossValidate(corpus, (folder) => {
  console.log(`without ${folder}`);
});
const calibration = calibrate(tested, ATTACK_SHARE);
const weights = fit(label(corpus, SETTINGS.seed).map(createReader()), { calibration, provenance: describeProvenance(corpus) });
const bytes = serialiseWeights(weights);
const path = resolve(import.meta.dirname, "../src/guard/attack/injection.weights");
await writeFile(path, bytes);
console.log(`${path}: ${String(bytes.length)} bytes, slope ${String(calibration.slope)}, offset ${String(calibration.offset)}`);
