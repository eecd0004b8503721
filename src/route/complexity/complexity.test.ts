import assert from "node:assert/strict";
import { test } from "bun:test";
import { FEATURES } from "./features.ts";
import { complexityOf, explainComplexity } from "./score.ts";
import { readText } from "./read.ts";
import { FITTED } from "./weights.generated.ts";
import { WORDS } from "./words.ts";

/** Of each language: a greeting, a question for a fact, and a proof or a design. None of them is among the graded requests. */
const TRIPLES: readonly (readonly [greeting: string, fact: string, hard: string])[] = [
  [
    "Hello there!",
    "Who painted the Mona Lisa?",
    "Prove that the sum of the first n odd numbers is n^2 by induction, derive each step, and explain why it fails if one number is left out.",
  ],
  [
    "Hallo und danke!",
    "Wo liegt Graz?",
    "Beweise, dass es unendlich viele Primzahlen gibt, begründe jeden Schritt und vergleiche den Beweis mit einem ohne Widerspruch.",
  ],
  [
    "Merci, bonjour !",
    "Qui a peint la Joconde ?",
    "Démontrez que la somme des angles d'un triangle est égale à deux droits, expliquez pourquoi chaque étape est exacte, puis calculez l'aire.",
  ],
  [
    "Hola, gracias",
    "¿Quién pintó el Guernica?",
    "Demuestra que la ecuación x^2 = 2 no tiene solución racional, justifica cada paso y compara con x^2 = 4.",
  ],
  [
    "Ciao e grazie",
    "Chi ha dipinto la Gioconda?",
    "Dimostra che la probabilità è al massimo 1/2, calcola il valore esatto e spiega perché ogni passo è necessario senza ipotesi.",
  ],
  [
    "Olá, obrigado",
    "Onde fica Faro?",
    "Demonstre que o algoritmo termina, calcule a complexidade, e justifique cada passo sem usar recursão: f(n) = f(n/2) + n",
  ],
  [
    "Hoi, bedankt",
    "Waar ligt Gent?",
    "Bewijs dat het algoritme stopt, bereken de complexiteit en leg uit waarom elke stap precies nodig is: f(n) = f(n/2) + n",
  ],
  [
    "Cześć, dziękuję",
    "Kto namalował Hołd pruski?",
    "Udowodnij, że suma kątów trójkąta wynosi 180 stopni, i wyjaśnij, dlaczego każdy krok jest potrzebny; oblicz pole dla a = 3, b = 4.",
  ],
  [
    "こんにちは",
    "富士山はどこ",
    "この方程式 x^2 - 2 = 0 の解が無理数であることを証明し、各段階の理由を説明し、確率 p の計算も比較してください。必ず三つ以上の例を挙げること。",
  ],
  ["你好", "故宫在哪里", "证明方程 x^2 - 2 = 0 没有有理数解,逐步推导并解释为什么,然后比较两种算法并分析至少三个反例。"],
];

const HARDER: readonly (readonly [easy: string, hard: string])[] = [
  ["Write a poem about autumn leaves", "Write a program that schedules jobs on k machines, and prove that it is optimal"],
  [
    "Rewrite this sentence so that it is polite: Give me the report.",
    "Given f(x) = 3x^3 - 2x + 1, find every x for which f(x) = 0 and justify it",
  ],
  ["What does VAT stand for?", "What is the probability that at least two of 23 people share a birthday?"],
  ["Tell me a joke about cats", "Debug this: for (i = 0; i <= n; i++) { a[i] = a[i + 1]; } It must not read past the end."],
  [
    "Where is my parcel? I have waited for three days.",
    "A contract excludes liability, but the seller knew of the defect. Is the exclusion valid, and why?",
  ],
];

/** Pairs in which the second does not score clearly higher. */
function wrongPairs(score: (text: string) => number): string[] {
  const pairs = [...TRIPLES.flatMap(([greeting, fact, hard]) => [[greeting, fact] as const, [fact, hard] as const]), ...HARDER];
  return pairs.filter(([easy, hard]) => score(hard) - score(easy) < 0.03).map(([easy, hard]) => `${easy} | ${hard}`);
}

const own = (text: string): number => complexityOf([text]);

test("a greeting scores below a question for a fact, and that below a proof, in ten languages; length alone does not tell", () => {
  console.log(`# complexity: ${TRIPLES.length} languages, ${HARDER.length} further pairs`);
  assert.deepEqual(wrongPairs(own), []);
  for (const [greeting, fact, hard] of TRIPLES) {
    assert.ok(own(greeting) < 0.2, `${greeting} ${own(greeting)}`);
    assert.ok(own(fact) < 0.4, `${fact} ${own(fact)}`);
    assert.ok(own(hard) > 0.5, `${hard} ${own(hard)}`);
  }
  const length = (text: string): number => Math.min(1, text.length / 400);
  assert.ok(wrongPairs(length).length > 0, "the pairs are told apart by length alone: they show nothing");
});

test("a sign of hard work never makes a request easier: every feature adds as its sign says, within its bound", () => {
  for (const { name, sign, most } of FEATURES) {
    const weight = FITTED.weights[name];
    assert.ok(weight !== undefined, name);
    assert.ok(sign === "harder" ? weight >= 0 : weight <= 0, `${name} ${weight}`);
    assert.ok(Math.abs(weight) * most <= 5.01, `${name} may add ${weight * most}`);
  }
  assert.equal(Object.keys(FITTED.weights).length, FEATURES.length);
});

test("a text says which of its features made the score, the strongest first", () => {
  const { score, reasons } = explainComplexity(
    "Prove that n^2 + n is even for every integer n. Do not use induction, and do not use modular arithmetic.",
  );
  assert.equal(
    score,
    complexityOf(["Prove that n^2 + n is even for every integer n. Do not use induction, and do not use modular arithmetic."]),
  );
  const names = reasons.map(({ name }) => name);
  for (const name of ["reasoning", "negation", "constraint"]) assert.ok(names.includes(name), `${name} is not among ${names.join()}`);
  const sizes = reasons.map(({ adds }) => Math.abs(adds));
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => other - one),
  );
  assert.ok(explainComplexity("Hello!").reasons.some(({ name, adds }) => name === "small" && adds < 0));
});

test("the last message decides, and a short one after a hard one stays between the two", () => {
  const hard = TRIPLES[0]?.[2] ?? "";
  const follow = "and in Python?";
  assert.ok(own(follow) < complexityOf([hard, follow]) && complexityOf([hard, follow]) < own(hard));
  assert.equal(complexityOf(["Hello!", hard]), own(hard));
  assert.equal(complexityOf([hard, "a", "b", "c", "d", follow]), complexityOf(["a", "b", "c", "d", follow]));
  assert.equal(complexityOf([]), 0);
});

test("any text has a score from 0 to 1, and of a long one the middle is not read", () => {
  for (const text of ["", " ", "\u0000", "\ud800", "=".repeat(50_000), "x ".repeat(50_000), "(a) ".repeat(9_000), "一".repeat(30_000)]) {
    const score = own(text);
    assert.ok(score >= 0 && score <= 1, `${text.slice(0, 5)} ${score}`);
  }
  const ends = ["Prove it. ".repeat(700), "Why? ".repeat(1_400)] as const;
  const filled = (filling: string) => readText(ends[0] + filling.repeat(2_000) + ends[1]);
  assert.deepEqual(filled("xx yy "), filled("prove "));
});

test("no word is in two lists, and a stem has six letters", () => {
  const seen = new Map<string, string>();
  for (const [kind, list] of Object.entries(WORDS)) {
    for (const word of list.split(" ")) {
      assert.equal(seen.get(word), undefined, `${word} is in two lists`);
      seen.set(word, kind);
      if (word.endsWith("*")) assert.equal(word.length, 7, word);
      assert.ok(word !== "" && word.split("_").length <= 2, `${kind}: ${word}`);
    }
  }
  console.log(`# words: ${seen.size}`);
});
