import assert from "node:assert/strict";
import { test } from "bun:test";
import { createDice } from "../../../test/documents/dice.ts";
import { Fault } from "../../kernel/fault.ts";
import type { ScoreToxicity } from "../toxicity/score-toxicity.ts";
import { CUT_OVER_CHARACTERS } from "./channel-text.ts";
import { createOutputGuard } from "./output-guard.ts";
import { finishParts, ORDINARY, splitText, textOf } from "./testing.ts";
import { TOXICITY_HOLD_CHARACTERS_MAX, toxicityRule, type ToxicityOptions } from "./toxicity-rule.ts";

/** A sentence with `BAD` in it, or that says "them" after one about `Martians`, is hateful. */
const score: ScoreToxicity = (text) => {
  const hate = /BAD|Martians[\s\S]*\bthem\b/.test(text) ? 0.9 : 0.1;
  return { score: hate, categories: { hate, harassment: 0, threat: 0, "self-harm-intent": 0.9, "self-harm-instructions": 0 } };
};
const guardOf = (mode: ToxicityOptions["mode"]) => createOutputGuard([toxicityRule({ mode, score })]);

test("a hateful sentence does not leave, wherever the stream was split; the sentences before it do", () => {
  const dice = createDice(12);
  for (let turn = 0; turn < 2000; turn++) {
    const before = `${dice.pick(ORDINARY)}\n`;
    const [said, begins] = dice.pick([
      ["This is a BAD thing to say, isn't it? Yes.", "This"],
      ["Martians are here. I hate them all! Yes.", "I hate"],
      [
        `${"long words ".repeat(20)}BAD`,
        "long words long words long words long words long words long words long words long words long words long words BAD",
      ],
    ] as const);
    const guard = guardOf("block");
    let left = "";
    assert.throws(
      () => {
        for (const text of splitText(before + said, dice)) left += textOf(guard.push([{ type: "text-delta", choice: 0, text }]));
        guard.push(finishParts);
      },
      (error) => error instanceof Fault && error.code === "output_blocked",
    );
    assert.ok(!left.includes(begins) && !left.includes("BAD"), left);
    assert.ok(before.startsWith(left.slice(0, before.length)));
  }
});

test("ordinary text passes as it came, held for a sentence at most; detecting holds nothing", () => {
  const dice = createDice(13);
  for (let turn = 0; turn < 500; turn++) {
    const said = `${dice.pick(ORDINARY)} ${dice.pick(ORDINARY)}`;
    const guard = guardOf("block");
    const watched = guardOf("detect");
    let left = "";
    for (const text of splitText(said, dice)) {
      const parts = [{ type: "text-delta", choice: 0, text }] as const;
      left += textOf(guard.push(parts));
      assert.ok(guard.heldCharacters <= TOXICITY_HOLD_CHARACTERS_MAX + CUT_OVER_CHARACTERS);
      assert.deepEqual(watched.push(parts), parts);
    }
    assert.equal(left + textOf(guard.push(finishParts)), said);
  }
});

test("detecting tells of a sentence once", () => {
  const guard = guardOf("detect");
  guard.push([{ type: "text-delta", choice: 0, text: "A BAD one. A good one. Another BAD one" }, ...finishParts]);
  assert.deepEqual(
    guard.events.map(({ rule, what }) => [rule, what]),
    [
      ["toxicity", "hate"],
      ["toxicity", "hate"],
    ],
  );
});
