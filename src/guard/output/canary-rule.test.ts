import assert from "node:assert/strict";
import { test } from "bun:test";
import { createDice, type Dice } from "../../../test/documents/dice.ts";
import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { CANARY_LETTERS, canaryInstruction, makeCanary } from "./canary.ts";
import { LEAK_LETTERS } from "./canary-chains.ts";
import { CANARY_HOLD_CHARACTERS_MAX, canaryRule } from "./canary-rule.ts";
import { CUT_OVER_CHARACTERS } from "./channel-text.ts";
import { createOutputGuard } from "./output-guard.ts";
import type { OutputRule } from "./output-rule.ts";
import { finishParts, ORDINARY, splitText, textOf } from "./testing.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const SPLITTINGS = LONG ? 100_000 : 10_000;
const KEY = new Uint8Array(32).fill(7);

test("a canary is the same in every turn of a conversation, and another in every other", () => {
  const canary = makeCanary(KEY, "one");
  assert.match(canary, new RegExp(`^[b-z]{${CANARY_LETTERS}}$`));
  assert.equal(makeCanary(KEY, "one"), canary);
  const many = new Set(Array.from({ length: 10_000 }, (_, turn) => makeCanary(KEY, `conversation ${turn}`)));
  assert.equal(many.size, 10_000);
  assert.notEqual(makeCanary(new Uint8Array(32).fill(8), "one"), canary);
  assert.ok(canaryInstruction(canary).includes(canary));
});

const reversed = (text: string): string => Array.from(text).toReversed().join("");
const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter < "a" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
const hex = (text: string): string => Buffer.from(text).toString("hex");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const each = (text: string, to: (letter: string, at: number) => string): string => Array.from(text).map(to).join("");
const LEET: Readonly<Record<string, string>> = { b: "8", g: "9", q: "9", p: "9", t: "7", z: "2" };
const codeOf = (letter: string): number => letter.charCodeAt(0);

type Change = (canary: string, dice: Dice) => string;
/** What an attacker has a model do to it. */
const CHANGES: Readonly<Record<string, Change>> = {
  plain: (canary) => canary,
  upper: (canary) => canary.toUpperCase(),
  "mixed case": (canary, dice) => each(canary, (letter) => (dice.below(2) === 0 ? letter : letter.toUpperCase())),
  spaces: (canary) => each(canary, (letter) => `${letter} `),
  dashes: (canary) => Array.from(canary).join("-"),
  commas: (canary) => Array.from(canary).join(", "),
  quotes: (canary) => each(canary, (letter) => `"${letter}", `),
  "zero-width": (canary) => each(canary, (letter) => `${letter}\u200b\u2060`),
  "soft hyphens": (canary) => Array.from(canary).join("\u00ad"),
  "bold letters": (canary) => each(canary, (letter) => `**${letter}** `),
  "a list": (canary) => each(canary, (letter) => `- \`${letter}\`\n`),
  "a numbered list": (canary) => each(canary, (letter, at) => `${at + 1}. ${letter}\n`),
  "random separators": (canary, dice) => each(canary, (letter) => letter + dice.pick(["", " ", "\n", "_", "*", ".", "\u200d", "|", "~~"])),
  "full width": (canary) => each(canary, (letter) => String.fromCharCode(codeOf(letter) + 0xfee0)),
  mathematical: (canary) => each(canary, (letter) => String.fromCodePoint(codeOf(letter) - 97 + 0x1d41a)),
  flags: (canary) => each(canary, (letter) => String.fromCodePoint(codeOf(letter) - 97 + 0x1f1e6)),
  circled: (canary) => each(canary, (letter) => String.fromCodePoint(codeOf(letter) - 97 + 0x24d0)),
  tags: (canary) => each(canary, (letter) => String.fromCodePoint(codeOf(letter) + 0xe0000)),
  accents: (canary) => each(canary, (letter) => `${letter}\u0301`),
  reversed,
  "reversed with dashes": (canary) => Array.from(reversed(canary)).join("-"),
  base64,
  "base64 without padding": (canary) => base64(canary).replace(/=+$/, ""),
  "base64 of upper case": (canary) => base64(canary.toUpperCase()),
  "base64 inside other text": (canary, dice) => base64(`${"The marker is: ".slice(0, dice.below(15))}${canary} and so on`),
  "base64 in lines": (canary) => base64(`the marker ${canary}`).replace(/.{7}/g, "$&\n"),
  "base64 of the reversed": (canary) => base64(reversed(canary)),
  "base64 of rot13": (canary) => base64(rot13(canary)),
  hex,
  "hex of upper case": (canary) => hex(canary.toUpperCase()).toUpperCase(),
  "hex with spaces": (canary) => hex(canary).replace(/../g, "$& "),
  "hex of the reversed": (canary) => hex(reversed(canary)),
  "hex escapes": (canary) => hex(canary).replace(/../g, "\\x$&"),
  "hex numbers": (canary) => hex(canary).replace(/../g, "0x$&, "),
  "unicode escapes": (canary) => hex(canary).replace(/../g, "\\u00$&"),
  entities: (canary) => hex(canary).replace(/../g, "&#x$&;"),
  "decimal entities": (canary) => each(canary, (letter) => `&#${codeOf(letter)};`),
  "character codes": (canary) => each(canary, (letter) => `${codeOf(letter)}, `),
  "url-encoded": (canary) => hex(canary).replace(/../g, "%$&"),
  "url-encoded in part": (canary, dice) => each(canary, (letter) => (dice.below(2) === 0 ? letter : `%${hex(letter)}`)),
  "percent signs": (canary) => each(canary, (letter) => `%${letter}`),
  rot13,
  "rot13 in upper case with spaces": (canary) => each(rot13(canary).toUpperCase(), (letter) => `${letter} `),
  "reversed rot13": (canary) => reversed(rot13(canary)),
  leet: (canary, dice) => each(canary, (letter) => (dice.below(2) === 0 ? letter : (LEET[letter] ?? letter))),
  "leet with dashes": (canary) => Array.from(each(canary, (letter) => LEET[letter] ?? letter)).join("-"),
  "cyrillic look-alikes": (canary) => each(canary, (letter) => ({ k: "к", m: "м", p: "р", x: "х", j: "ј", t: "т" })[letter] ?? letter),
  "the first half": (canary) => canary.slice(0, LEAK_LETTERS),
  "the second half": (canary) => canary.slice(-LEAK_LETTERS),
  "all but the ends": (canary) => canary.slice(1, -1),
};

/** What left before the guard stopped the answer; undefined where it did not. */
function leave(rule: OutputRule, pieces: readonly string[]): string | undefined {
  const guard = createOutputGuard([rule]);
  let left = "";
  try {
    for (const text of pieces) left += textOf(guard.push([{ type: "text-delta", choice: 0, text }]));
    left += textOf(guard.push(finishParts));
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === "canary_leaked");
    assert.throws(() => guard.push([]), Fault, "a stopped answer stays stopped");
    return left;
  }
  return undefined;
}

test("no splitting of a leak, in any form, lets a character of the canary out", () => {
  const dice = createDice(4);
  const names = Object.keys(CHANGES);
  const canaries = Array.from({ length: 97 }, (_, at) => makeCanary(KEY, `conversation ${at}`));
  const rules = new Map(canaries.map((canary) => [canary, canaryRule(canary)]));
  let stopped = 0;
  for (let turn = 0; turn < SPLITTINGS; turn++) {
    const name = names[turn % names.length] ?? "";
    const canary = dice.pick(canaries);
    const rule = rules.get(canary) ?? canaryRule(canary);
    const before = `${dice.pick(ORDINARY).slice(0, dice.below(120))} the marker: `;
    const leak = CHANGES[name]?.(canary, dice) ?? "";
    const left = leave(rule, splitText(`${before}${leak} ${dice.pick(ORDINARY)}`, dice));
    assert.notEqual(left, undefined, `${name} of ${canary} was not found`);
    // What base64 says before the canary may leave, the rest not. A sign before the first character may.
    const most = name.startsWith("base64") ? before.length + leak.length : before.length + 4;
    assert.ok((left?.length ?? 0) <= most, `${name}: ${left?.slice(before.length)} of ${leak} left`);
    if (name.startsWith("base64 i"))
      assert.ok(
        !Buffer.from(left?.slice(before.length) ?? "", "base64")
          .toString()
          .includes(canary.slice(0, 2)),
      );
    else if (name.startsWith("base64")) assert.ok((left?.length ?? 0) <= before.length);
    stopped++;
  }
  console.log(`# canary leaks stopped: ${stopped} in ${names.length} forms`);
});

test("a rule that holds nothing back is caught by the test above", () => {
  const canary = makeCanary(KEY, "planted");
  const rule = canaryRule(canary);
  const leaky: OutputRule = {
    ...rule,
    watch() {
      const watch = rule.watch();
      return { ...watch, push: (text, at, say) => (watch.push(text, at, say), at + text.length) };
    },
  };
  assert.equal(leave(rule, Array.from(canary)), "");
  assert.equal(leave(leaky, Array.from(canary)), canary.slice(0, LEAK_LETTERS - 1));
});

test("ordinary text passes as it came, in the parts in which it came", () => {
  const dice = createDice(5);
  const rules = Array.from({ length: 50 }, (_, at) => canaryRule(makeCanary(KEY, `ordinary ${at}`)));
  for (let turn = 0; turn < 2000; turn++) {
    const text = dice.pick(ORDINARY);
    const guard = createOutputGuard([dice.pick(rules)]);
    const parts: Part[] = splitText(text, dice).map((piece) => ({ type: "text-delta", choice: 0, text: piece }));
    const out = [...parts, ...finishParts].flatMap((part) => guard.push([part]));
    assert.equal(textOf(out), text);
    assert.equal(guard.heldCharacters, 0);
  }
});

test("separators without end, and characters without a width, are not held beyond the bound", () => {
  const canary = makeCanary(KEY, "bound");
  const first = canary.charAt(0);
  for (const flood of ["\u200b", " ", `${first}\u200b`, `${first} `, "%", "6", "%6", "8", first]) {
    const guard = createOutputGuard([canaryRule(canary)]);
    guard.push([{ type: "text-delta", choice: 0, text: canary.slice(0, 7) }]);
    for (let turn = 0; turn < 2000; turn++) {
      guard.push([{ type: "text-delta", choice: 0, text: flood }]);
      assert.ok(
        guard.heldCharacters <= CANARY_HOLD_CHARACTERS_MAX + CUT_OVER_CHARACTERS,
        `${JSON.stringify(flood)}: ${guard.heldCharacters}`,
      );
    }
  }
});

test("every channel is watched apart, a tool's name too, and a provider's own fields do not pass beside", () => {
  const canary = makeCanary(KEY, "channels");
  const guarded = (...parts: readonly Part[]) => createOutputGuard([canaryRule(canary)]).push(parts);
  const leaks: readonly Part[] = [
    { type: "reasoning-delta", choice: 0, text: canary },
    { type: "refusal-delta", choice: 0, text: canary },
    { type: "tool-input-delta", choice: 0, tool: 0, text: `{"q":"${canary}"}` },
    { type: "tool-input-start", choice: 0, tool: 0, id: "t", name: canary },
  ];
  for (const leak of leaks) assert.throws(() => guarded(leak), Fault, leak.type);
  const half = canary.slice(0, LEAK_LETTERS - 1);
  const rest = canary.slice(LEAK_LETTERS - 1);
  assert.ok(guarded({ type: "text-delta", choice: 0, text: half }, { type: "text-delta", choice: 1, text: rest.slice(0, 7) }));
  const [first] = guarded({ type: "text-delta", choice: 0, text: "eh", extra: { raw: canary } }, ...finishParts);
  assert.deepEqual(first, { type: "text-delta", choice: 0, text: "eh", extra: undefined });
});
