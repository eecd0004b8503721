/**
 * How well hate is told from what only looks like it: `bun bench/guard-toxicity.ts`. HateCheck's sentences, each scored by a model that
 * learned from no sentence of its functionality and from none that it is a variation of, and ordinary texts of sources that no model
 * learned from. Intervals are of 95 % (Wilson's), counted in templates: sentences of one differ in the group alone. The threshold is
 * fixed; the two numbers that turn logits into probabilities are fitted to these same scores.
 */
import { wilson } from "../src/evaluate/redteam/statistics.ts";
import { TOXIC_ABOVE } from "../src/guard/toxicity/score-toxicity.ts";
import { HATECHECK, hasData, readBenignToLearn, readBenignToTest, readHateCheck } from "../tools/toxicity/corpus.ts";
import { calibrate, scoreHeldOut, type Scored } from "../tools/toxicity/held-out.ts";

if (!hasData()) throw new Error(`the data is expected in ${HATECHECK}`);
const toTest = readBenignToTest();
const scored = scoreHeldOut(readHateCheck(), readBenignToLearn(), toTest);
const { slope, offset } = calibrate(scored);
const isFlagged = ({ logit }: Scored): boolean => 1 / (1 + Math.exp(-(slope * logit + offset))) > TOXIC_ABOVE;
const ordinary = new Set(toTest.map(({ source }) => source));
const hateful = scored.filter((one) => one.isHateful);
const contrasts = scored.filter((one) => !one.isHateful && !ordinary.has(one.kind));
const benign = scored.filter((one) => ordinary.has(one.kind));

print("hateful (recall)", hateful);
print("contrasts, not hateful", contrasts);
print("ordinary texts", benign);
console.log(`AUC against contrasts ${auc(hateful, contrasts).toFixed(3)}, against ordinary texts ${auc(hateful, benign).toFixed(3)}`);
const found = hateful.filter(isFlagged).length;
const wrong = contrasts.filter(isFlagged).length;
console.log(`precision on HateCheck's own mix: ${((100 * found) / (found + wrong)).toFixed(1)} %`);
for (const kind of new Set(scored.map((one) => one.kind)))
  print(
    `  ${kind}`,
    scored.filter((one) => one.kind === kind),
  );

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function print(name: string, of: readonly Scored[]): void {
  const templates = new Set(of.map((one) => one.template)).size;
  const share = of.filter(isFlagged).length / of.length;
  const { low, high } = wilson(share * templates, templates);
  console.log(
    `${name.padEnd(48)} flagged ${percent(share).padStart(7)} (${percent(low)} to ${percent(high)}), ${of.length} texts, ${templates} templates`,
  );
}

/** The chance that a hateful text scores above another one; equal scores count half. */
function auc(above: readonly Scored[], below: readonly Scored[]): number {
  const sorted = [...above, ...below].toSorted((one, other) => one.logit - other.logit);
  let sum = 0;
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (end < sorted.length && sorted[end]?.logit === sorted[at]?.logit) end++;
    sum += sorted.slice(at, end).filter((one) => one.isHateful).length * ((at + end + 1) / 2);
    at = end;
  }
  return (sum - (above.length * (above.length + 1)) / 2) / (above.length * below.length);
}
