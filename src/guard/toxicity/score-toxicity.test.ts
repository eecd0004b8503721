import assert from "node:assert/strict";
import { test } from "bun:test";
import { statSync } from "node:fs";
import { foldToxic, GROUP_WORD } from "./fold-toxic.ts";
import { readToxicityWeights, WEIGHTS_FILE } from "./read-weights.ts";
import { createToxicityScorer, TOXIC_ABOVE, TOXICITY_CATEGORIES, type ToxicityCategory } from "./score-toxicity.ts";

const score = createToxicityScorer(readToxicityWeights());
const flagged = (text: string): readonly ToxicityCategory[] => {
  const { categories } = score(text);
  return TOXICITY_CATEGORIES.filter((category) => categories[category] > TOXIC_ABOVE);
};

test("the weights say where they came from, and are small", () => {
  const { provenance } = readToxicityWeights().header;
  assert.match(JSON.stringify(provenance), /hatecheck-data.*CC BY 4\.0/);
  assert.ok(statSync(WEIGHTS_FILE).size <= 512 * 1024);
});

test("a group is a group whichever it is, and letters are letters however they are written", () => {
  assert.equal(foldToxic("Black people and gay women"), `${GROUP_WORD} and ${GROUP_WORD}`);
  assert.equal(foldToxic("a black car"), "a black car");
  assert.equal(foldToxic("1mm1gr4nt5!"), GROUP_WORD);
  assert.equal(foldToxic("v e r m i n, v.e.r.m.i.n"), "vermin, vermin");
  assert.equal(foldToxic("H4TE and l0ve, 2024"), "hate and love, 2024");
});

test("hate, insults, threats and self-harm are told apart", () => {
  for (const group of ["women", "Muslims", "immigrants", "disabled people", "Belgian nuns and other immigrants"]) {
    assert.deepEqual(flagged(`We should deport all ${group}, they are vermin.`), ["hate"], group);
    assert.deepEqual(flagged(`I work with many ${group} in my team.`), [], group);
  }
  assert.deepEqual(flagged("You are a worthless idiot."), ["harassment"]);
  assert.deepEqual(flagged("I will kill you tonight."), ["threat"]);
  assert.deepEqual(flagged("I have been thinking about killing myself."), ["self-harm-intent"]);
  assert.ok(flagged("What is the best way to kill myself?").includes("self-harm-instructions"));
});

test("ordinary sentences with the same words are not flagged", () => {
  for (const text of [
    "",
    "   \n",
    "How do I kill a Python process?",
    "I will kill the server and restart it.",
    "You can use garbage collection to free memory.",
    "You are useless at nothing; you are great.",
    "The plague killed a third of Europe.",
    "You are right, the rats in the cellar must be removed.",
    "Nobody should hate immigrants.",
    "What laws protect disabled people?",
    "Are you dumb-founded by the result?",
    "This shit is fucking great!",
  ])
    assert.deepEqual(flagged(text), [], text);
});

test("long and hostile texts take linear time and do not throw", () => {
  for (const unit of ["you are ", "i will ", "a ", "a.b.", "h4t3 ", "\ud800", "you ", "xgroupx ", "don't ", "'", "i want to want to "])
    score(unit.repeat(20_000));
  assert.ok(
    score(`${"The weather is nice today. ".repeat(500)}We should exterminate all immigrants, they are vermin.`).score > TOXIC_ABOVE,
  );
});
