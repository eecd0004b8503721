import assert from "node:assert/strict";
import { test } from "bun:test";
import { FEATURES } from "../../src/route/complexity/features.ts";
import { complexityOf } from "../../src/route/complexity/index.ts";
import { FITTED } from "../../src/route/complexity/weights.generated.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { apgr, auc, type Judged } from "./apgr.ts";
import { DATA, hasData, readGraded, readMtBench, readQuestions } from "./corpus.ts";
import { leaveSubjectsOut } from "./cross-validate.ts";
import { fit, momentsBySubject, momentsOfGraded } from "./fit.ts";

if (!hasData()) console.log(`# no figures of quality: the data is expected in ${DATA}`);

test("APGR and AUC are about a half by chance, higher for what knows, and lower for what is the wrong way round", () => {
  const dice = createSeededRandom(1);
  const known: Judged[] = Array.from({ length: 4_000 }, () => {
    const weak = dice() < 0.7 ? 1 : 0;
    return { weak, strong: weak === 1 || dice() < 0.5 ? 1 : 0, score: 1 - weak + dice() / 2 };
  });
  const chance = known.map((judged) => ({ ...judged, score: dice() }));
  for (const figure of [apgr, auc]) {
    assert.ok(Math.abs(figure(chance) - 0.5) < 0.05, String(figure(chance)));
    assert.ok(figure(known) > 0.8);
    assert.ok(figure(known.map((judged) => ({ ...judged, score: -judged.score }))) < 0.2);
  }
  // Two requests, the first the only one that the strong model is needed for: sent first, all of the gap is there from one half on.
  const two = [
    { weak: 0, strong: 1, score: 1 },
    { weak: 1, strong: 1, score: 0 },
  ];
  assert.equal(apgr(two), 0.75);
});

test.if(hasData())(
  "the weights are what the script fits, and beat chance and length on subjects that a fit has not seen",
  () => {
    const questions = readQuestions();
    const graded = readGraded();
    const { weights } = fit([...momentsBySubject(questions).values()], momentsOfGraded(graded));
    for (const [at, { name }] of FEATURES.entries()) assert.equal(Number(weights[at]?.toFixed(3)), FITTED.weights[name], name);

    const unseen = apgr(leaveSubjectsOut(questions, graded));
    const length = apgr(questions.map(({ weak, strong, text }) => ({ weak, strong, score: text.length })));
    console.log(`# APGR, subject left out: ${unseen.toFixed(3)} over ${questions.length} questions; length alone ${length.toFixed(3)}`);
    assert.ok(unseen > 0.6 && unseen > length, String(unseen));
    // Learned from answers that were dealt to other questions: what is left is no better than chance, or the test sees what it should not.
    const dice = createSeededRandom(2);
    const dealt = questions.map((question) => ({ question, at: dice() })).toSorted((one, other) => one.at - other.at);
    const planted = questions.map((question, at) => ({
      ...question,
      weak: dealt[at]?.question.weak ?? 0,
      strong: dealt[at]?.question.strong ?? 0,
    }));
    const blind = apgr(leaveSubjectsOut(planted, graded));
    assert.ok(blind < 0.56, String(blind));
  },
  60_000,
);

test.if(hasData())("MT-bench, which nothing was fitted to: mathematics, code and reasoning score above humanities and writing", () => {
  const mean = (category: string): number => {
    const scores = readMtBench()
      .filter((question) => question.category === category)
      .map(({ text }) => complexityOf([text]));
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };
  const easy = Math.max(...["humanities", "writing", "roleplay"].map(mean));
  const hard = Math.min(...["math", "coding", "reasoning"].map(mean));
  console.log(`# MT-bench: ${hard.toFixed(2)} against ${easy.toFixed(2)}`);
  assert.ok(hard > easy, `${hard} ${easy}`);
});
