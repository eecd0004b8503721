import assert from "node:assert/strict";
import { test } from "bun:test";
import { createDice } from "../../../test/documents/dice.ts";
import { createPiiFinder } from "../pii/pii-finder.ts";
import { CUT_OVER_CHARACTERS } from "./channel-text.ts";
import { createOutputGuard, type OutputGuard } from "./output-guard.ts";
import type { OutputRule } from "./output-rule.ts";
import { PERSONAL_DATA_HOLD_CHARACTERS_MAX, personalDataRule, type PersonalDataMode } from "./personal-data-rule.ts";
import { finishParts, ORDINARY, splitText, stopAndDetect, textOf } from "./testing.ts";

const SPLITTINGS = process.env["WEIR_TEST_LONG"] === "1" ? 100_000 : 5000;
const { find } = createPiiFinder();
const rule = (mode: PersonalDataMode, knows: readonly string[] = []): OutputRule =>
  personalDataRule({ mode, find, known: (value) => knows.includes(value) });

function play(of: OutputRule, pieces: readonly string[]): { readonly text: string; readonly guard: OutputGuard } {
  const guard = createOutputGuard([of]);
  let text = "";
  for (const piece of pieces) {
    text += textOf(guard.push([{ type: "text-delta", choice: 0, text: piece }]));
    assert.ok(guard.heldCharacters <= PERSONAL_DATA_HOLD_CHARACTERS_MAX + CUT_OVER_CHARACTERS, `${guard.heldCharacters} held`);
  }
  return { text: text + textOf(guard.push(finishParts)), guard };
}

const KEY_LINES = Array.from(
  { length: 24 },
  (_, line) => `${String(line).padStart(2, "0")}${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(2)}`,
);
/** Made up, or published as examples. */
const VALUES: readonly (readonly [type: string, value: string, tell: string])[] = [
  ["EMAIL", "bob.smith@corp-mail.com", "bob.smith"],
  ["PHONE", "+49 30 901820", "901820"],
  ["IBAN", "DE89 3704 0044 0532 0130 00", "0532"],
  ["CARD", "4111 1111 1111 1111", "1111"],
  ["SECRET", "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789", "mnopqrst"],
  ["SECRET", `-----BEGIN PRIVATE KEY-----\n${KEY_LINES.join("\n")}\n-----END PRIVATE KEY-----`, "MIIE"],
];

test("personal data is replaced by its type, wherever the stream was split", () => {
  const dice = createDice(8);
  const mask = rule("mask");
  for (let turn = 0; turn < SPLITTINGS; turn++) {
    const [type, value, tell] = VALUES[turn % VALUES.length] ?? ["", "", ""];
    const before = dice.pick(ORDINARY.slice(0, 4));
    const said = `${before} You reach them as follows: ${value}, and that is ${dice.pick(["all", "all there is to say about it"])}.`;
    const { text, guard } = play(mask, splitText(said, dice));
    assert.ok(!text.includes(tell), `${type}: ${text}`);
    assert.ok(text.startsWith(before) && text.includes(`[${type}]`) && /and that is all/.test(text), `${type}: ${text}`);
    assert.equal(text.split("[").length, said.split("[").length + 1, `${type}: ${text}`);
    assert.ok(guard.events.some((event) => event.action === "replaced" && event.what === type));
  }
  console.log(`# answers with personal data: ${SPLITTINGS}, of ${VALUES.length} kinds`);
});

test("what the caller sent comes back as it was", () => {
  const said = "Your address bob.smith@corp-mail.com is confirmed; hers is ann@corp-mail.com, and his bob.smith@corp-mail.com as well.";
  const { text } = play(rule("mask", ["bob.smith@corp-mail.com"]), splitText(said, createDice(9)));
  assert.equal(text, said.replace("ann@corp-mail.com", "[EMAIL]"));
});

test("blocking stops before a character of the value has left; detecting holds and changes nothing", () => {
  const dice = createDice(10);
  for (const [type, value, tell] of VALUES) {
    const pieces = splitText(`It is ${value} and nothing else, whatever else was said about it before, or will be.`, dice);
    const { left, events } = stopAndDetect(pieces, { block: rule("block"), detect: rule("detect") }, type);
    assert.ok(!left.includes(value.slice(0, 6)) && !left.includes(tell), left);
    assert.deepEqual(
      events.map(({ action, what }) => [action, what]),
      [["detected", type]],
    );
  }
});

test("ordinary text passes as it came", () => {
  const dice = createDice(11);
  const quiet = ORDINARY.filter((text) => find(text).length === 0);
  assert.ok(quiet.length > 8);
  for (let turn = 0; turn < 500; turn++) {
    const said = `${dice.pick(quiet)}\n\n${dice.pick(quiet)}`;
    if (find(said).length === 0) assert.equal(play(rule("mask"), splitText(said, dice)).text, said);
  }
});

test("text without a space, and values without an end, are held no longer than the bound", () => {
  for (const flood of ["a", "A1", "eyJ", "1", "1 ", "a@", "@", "-----BEGIN PRIVATE KEY-----\nM", "(", "![", "\n"]) {
    const { guard } = play(
      rule("mask"),
      Array.from({ length: 1500 }, () => flood),
    );
    assert.equal(guard.heldCharacters, 0);
  }
});

test("where nothing is held, a look is one a paragraph, a short answer is looked at once, and what is found is the same", () => {
  let looks = 0;
  const counted = personalDataRule({ mode: "detect", find: (text) => (looks++, find(text)), known: () => false });
  const short = play(counted, ["Write to bob.smith@corp-mail.com, please."]);
  assert.deepEqual([looks, short.guard.events.length], [1, 1]);
  const dice = createDice(12);
  for (let turn = 0; turn < 200; turn++) {
    const values = VALUES.filter(([, value]) => value.length < 100).map(([, value]) => value);
    const said = values.map((value) => `${dice.pick(ORDINARY.slice(0, 4))} They gave ${value} then.`).join(" ");
    looks = 0;
    const { guard } = play(counted, splitText(said, dice));
    assert.ok(looks <= 2 + said.length / 200, `${looks} looks at ${said.length} characters`);
    assert.deepEqual(new Set(guard.events.map(({ what }) => what)), new Set(["EMAIL", "PHONE", "IBAN", "CARD", "SECRET"]));
    assert.equal(guard.events.length, values.length, said);
  }
});
