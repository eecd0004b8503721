/**
 * Fits the toxicity model and writes its weights: `bun tools/train-toxicity.ts`. Needs the public data beside the checkout; the same data
 * gives the same file. `bench/guard-toxicity.ts` measures it on kinds of sentences that it did not learn from.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { serialiseWeights } from "../src/guard/linear/weights.ts";
import { WEIGHTS_FILE } from "../src/guard/toxicity/read-weights.ts";
import { HATECHECK, hasData, readBenignToLearn, readBenignToTest, readHateCheck } from "./toxicity/corpus.ts";
import { fitToxicity } from "./toxicity/fit.ts";
import { calibrate, scoreHeldOut } from "./toxicity/held-out.ts";

if (!hasData()) throw new Error(`the data is expected in ${HATECHECK}`);
const cases = readHateCheck();
const benign = readBenignToLearn();
const calibration = calibrate(scoreHeldOut(cases, benign, readBenignToTest()));
const provenance = {
  hateful: readFileSync(join(dirname(HATECHECK), "SOURCE.txt"), "utf8")
    .trim()
    .split("\n")
    .slice(0, 3),
  cases: cases.length,
  ordinary: Object.fromEntries(benign.map(({ source, texts }) => [source, texts.length])),
  fitted: "tools/train-toxicity.ts",
};
const bytes = serialiseWeights(fitToxicity(cases, benign, { calibration, provenance }));
writeFileSync(WEIGHTS_FILE, bytes);
console.log(`${bytes.length} bytes; calibration ${calibration.slope} x ${calibration.offset >= 0 ? "+" : ""}${calibration.offset}`);
