/**
 * How well the scorer of complexity tells what needs the better model: `bun bench/complexity.ts [--draws 400]`. APGR and AUC on RouteLLM's
 * MMLU answers, each subject scored by a fit that saw none of its questions, and each tenth of all questions by a fit on the others;
 * beside them chance, length alone, and the shipped weights, which were fitted to these questions. MT-bench by category and our own graded
 * requests; the time of 2 KB.
 */
import { parseArgs } from "node:util";
import { complexityOf } from "../src/route/complexity/index.ts";
import { createSeededRandom } from "../src/kernel/seeded-random.ts";
import { apgr, auc } from "../tools/complexity/apgr.ts";
import { DATA, hasData, readGraded, readMtBench, readOrdinary, readQuestions, type Question } from "../tools/complexity/corpus.ts";
import { leaveSubjectsOut, leaveTenthsOut, orderOfGrades, type Tested } from "../tools/complexity/cross-validate.ts";
import { resampleQuestions, resampleSubjects, type Interval } from "../tools/complexity/resample.ts";

const { values } = parseArgs({ options: { draws: { type: "string", default: "400" } } });
const draws = Number(values.draws);
printSpeed();
if (hasData()) {
  printQuestions();
  printFreeForm();
} else console.log(`no figures of quality: the data is expected in ${DATA}`);

function scoreBy(questions: readonly Question[], score: (question: Question) => number): Tested[] {
  return questions.map((question) => ({ subject: question.subject, weak: question.weak, strong: question.strong, score: score(question) }));
}

function cell({ low, high }: Interval): string {
  return `(${low.toFixed(3)} to ${high.toFixed(3)})`;
}

function printQuestions(): void {
  const questions = readQuestions();
  const graded = readGraded();
  const dice = createSeededRandom(1);
  const length = scoreBy(questions, ({ text }) => text.length);
  const unseen = leaveSubjectsOut(questions, graded);
  const rows: readonly (readonly [string, readonly Tested[]])[] = [
    ["chance", scoreBy(questions, dice)],
    ["length alone", length],
    ["fitted, subject left out", unseen],
    ["fitted, tenth left out", leaveTenthsOut(questions, graded, 1)],
    ["shipped weights (seen)", scoreBy(questions, ({ text }) => complexityOf([text]))],
  ];
  console.log(`\nMMLU: ${String(questions.length)} questions; 95 % by ${String(draws)} draws`);
  for (const [name, tested] of rows) {
    const figures = [
      `APGR ${apgr(tested).toFixed(3)}`,
      `questions ${cell(resampleQuestions(tested, apgr, draws))}`,
      `subjects ${cell(resampleSubjects(tested, apgr, draws))}`,
      `AUC ${auc(tested).toFixed(3)} ${cell(resampleSubjects(tested, auc, draws))}`,
    ];
    console.log(`${name.padEnd(26)} ${figures.join("  ")}`);
  }
  printGain(unseen, length);
  const order = orderOfGrades(questions, graded);
  const share = order.right / order.pairs;
  console.log(
    `\nour own ${String(graded.length)} requests, a tenth left out: ${(100 * share).toFixed(1)} % of ${String(order.pairs)} pairs in order`,
  );
}

/** What is gained over length, on the same draws of subjects and of questions. */
function printGain(unseen: readonly Tested[], length: readonly Tested[]): void {
  const inOrder = length.toSorted(bySubject);
  const lengths = new Map(unseen.toSorted(bySubject).map((tested, at) => [tested, inOrder[at]] as const));
  const gain = (drawn: readonly Tested[]): number => apgr(drawn) - apgr(drawn.map((tested) => lengths.get(tested) ?? tested));
  const cells = [`questions ${cell(resampleQuestions(unseen, gain, draws))}`, `subjects ${cell(resampleSubjects(unseen, gain, draws))}`];
  console.log(`gain over length alone     ${gain(unseen).toFixed(3)}  ${cells.join("  ")}`);
  for (const [left, name] of [
    ["moral_scenarios", "without moral_scenarios"],
    ["high_school_mathematics", "without h. s. mathematics"],
  ] as const) {
    const rest = unseen.filter(({ subject }) => subject !== left);
    const own = apgr(rest).toFixed(3);
    console.log(`${name.padEnd(26)} APGR ${own}, length ${apgr(length.filter(({ subject }) => subject !== left)).toFixed(3)}`);
  }
}

function bySubject(one: Tested, other: Tested): number {
  return one.subject < other.subject ? -1 : one.subject > other.subject ? 1 : 0;
}

function printFreeForm(): void {
  console.log("\nMT-bench, first turns: mean score, and the quartiles");
  for (const [category, own] of Map.groupBy(readMtBench(), (question) => question.category))
    printScores(
      category,
      own.map(({ text }) => text),
    );
  console.log("\nour own requests by grade (seen)");
  for (const [grade, own] of Map.groupBy(readGraded(), (request) => request.grade))
    printScores(
      String(grade),
      own.map(({ text }) => text),
    );
  console.log("\nordinary texts");
  for (const [source, texts] of readOrdinary()) printScores(source, texts);
}

function printScores(name: string, texts: readonly string[]): void {
  const scores = texts.map((text) => complexityOf([text])).toSorted((one, other) => one - other);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const quartiles = [0.25, 0.5, 0.75].map((share) => (scores[Math.floor(share * scores.length)] ?? 0).toFixed(2));
  console.log(`  ${name.padEnd(36)} ${mean.toFixed(2)}  ${quartiles.join(" ")}  ${String(texts.length)} texts`);
}

function printSpeed(): void {
  const cases = {
    prose: "The seller refused to repair the roof, and the buyer asks whether he must pay before the court has decided. ",
    code: "for (let i = 0; i < rows.length; i++) { if (rows[i].id !== key) continue; total += rows[i].value * 2; }\n",
    formulas: "Let x_1 + 2y = 4z^2 and f(x) <= 3x - 14, n >= 2. ",
    german: "Der Vermieter weigert sich, die Heizung zu reparieren, und die Mieterin fragt, ob sie kündigen darf. ",
    japanese: "大家が暖房の修理を拒否しており、借り主は解約できるかどうかを尋ねている。",
  };
  console.log("text        characters  p50 us  p99 us");
  for (const [name, piece] of Object.entries(cases)) {
    for (const characters of [2_048, 1_048_576]) {
      const text = piece.repeat(Math.ceil(characters / piece.length)).slice(0, characters);
      for (let round = 0; round < 2_000; round++) complexityOf([text]);
      const times = Array.from({ length: 2_000 }, () => {
        const start = performance.now();
        complexityOf([text]);
        return (performance.now() - start) * 1_000;
      }).toSorted((one, other) => one - other);
      const cells = [times[1_000] ?? 0, times[1_980] ?? 0].map((time) => time.toFixed(0).padStart(7));
      console.log(`${name.padEnd(10)} ${String(characters).padStart(11)} ${cells.join(" ")}`);
    }
  }
}
