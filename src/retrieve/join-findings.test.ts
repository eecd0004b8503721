import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Finding } from "../domain/finding.ts";
import { createDice } from "../../test/documents/dice.ts";
import { cutFound, joinFound } from "./join-findings.ts";

/** Names of up to twelve letters. */
const find = (text: string): Finding[] =>
  [...text.matchAll(/[A-Z][a-z]{2,11}/g)].map(({ 0: name, index }) => ({
    type: "PERSON",
    start: index,
    end: index + name.length,
    score: 0.9,
    reason: "name",
  }));

const dice = createDice(5);
const word = (): string =>
  Array.from({ length: 3 + dice.below(9) }, () => String.fromCharCode(97 + dice.below(26)))
    .join("")
    .replace(/^./, (letter) => (dice.below(3) === 0 ? letter.toUpperCase() : letter));

test("of neighbours that share text, every finding of the whole is covered, whichever of them was cut by the edges", () => {
  let findings = 0;
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: 40 }, word).join(" ");
    // The shared part is longer than any name.
    const [from, to] = [20 + dice.below(80), 140 + dice.below(40)];
    const joined = joinFound(
      { injection: 0.2, findings: find(text.slice(0, to)) },
      { injection: 0.4, findings: find(text.slice(from)) },
      from,
    );
    assert.equal(joined.injection, 0.4);
    for (const { start, end } of find(text)) {
      findings++;
      assert.ok(
        joined.findings?.some((one) => one.start <= start && end <= one.end),
        `${text.slice(start, end)} in ${text}`,
      );
    }
    for (const [at, one] of (joined.findings ?? []).entries())
      assert.ok(one.start < one.end && one.start >= (joined.findings?.[at - 1]?.end ?? 0) && one.end <= text.length);
  }
  console.log(`# findings: ${findings} of joined texts covered`);
});

test("findings of the first alone would miss what its end cut: the check above can fail", () => {
  const text = "so said Bartholomew then";
  const first = find(text.slice(0, 12));
  assert.ok(!first.some((one) => one.end === text.indexOf(" then")));
  assert.ok(
    joinFound({ findings: first }, { findings: find(text.slice(4)) }, 4).findings?.some((one) => one.end === text.indexOf(" then")),
  );
});

test("what only one of them was looked at for is to be looked at again", () => {
  assert.deepEqual(joinFound({ injection: 0.2, findings: [] }, {}, 3), { injection: undefined });
  assert.deepEqual(joinFound({ injection: 0.2 }, { injection: 0.1, findings: [] }, 3), { injection: 0.2 });
});

test("a part keeps the findings in it, clipped, and the score of the whole", () => {
  const findings = find("Ann met Bob and Carl");
  const cut = cutFound({ injection: 0.8, findings }, { start: 1, end: 11 });
  assert.equal(cut.injection, 0.8);
  assert.deepEqual(
    cut.findings?.map(({ start, end }) => [start, end]),
    [
      [0, 2],
      [7, 10],
    ],
  );
  assert.deepEqual(cutFound({}, { start: 0, end: 5 }), { injection: undefined, findings: undefined });
});
