import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Part } from "../../domain/chat.ts";
import { FINDING_TYPES, type Finding, type FindingType } from "../../domain/finding.ts";
import type { Outgoing } from "../../domain/guard.ts";
import { deriveKey } from "../../kernel/hash.ts";
import { maskText } from "./mask-text.ts";
import { createPseudonyms, type Pseudonyms } from "./pseudonyms.ts";
import { createUnmasking } from "./unmask-stream.ts";
import { asJsonString, asText, unmaskText } from "./unmask-text.ts";
import { createSeededRandom } from "../../kernel/seeded-random.ts";

const SPLITTINGS = process.env["WEIR_TEST_LONG"] === "1" ? 100_000 : 10_000;

const dice = createSeededRandom(7);
const below = (n: number): number => Math.floor(dice() * n);
const pick = <Item>(list: readonly Item[]): Item => {
  const item = list[below(list.length)];
  if (item === undefined) throw new TypeError("nothing to pick from");
  return item;
};

const conversation = (name: string): Pseudonyms => createPseudonyms(deriveKey(new Uint8Array(32), name));
const ORIGINALS = [
  "John Smith",
  'Anne "Ann" O\'Neil',
  "a@b.example",
  "line\nbreak",
  "$& $1 $`",
  "[PERSON_00000000]",
  "张伟",
  "🙂 x",
  "\\u0041",
  "0",
];
const FILLERS = [
  "Dear ",
  ", the ",
  "[1] ",
  "](http://x) ",
  "PERSON_",
  "[PERSON_",
  "[EMAIL_7f3a91c2] ",
  "IBAN_12 ",
  "a_b ",
  "A",
  "_",
  "[",
  "]",
  "[[",
  "ADDRESS ",
  "xPERSON_7f3a91c2",
  "\n",
];

type Made = { readonly plain: string; readonly masked: string };
function makeText(pseudonyms: Pseudonyms): Made {
  let plain = "";
  const findings: Finding[] = [];
  for (let n = 1 + below(12); n > 0; n--) {
    plain += pick(FILLERS);
    // A word that runs into a mark is no text that masking makes, because findings are whole words.
    if (/[A-Za-z0-9_[]$/.test(plain)) plain += " ";
    const original = pick(ORIGINALS);
    const start = plain.length;
    plain += original;
    findings.push({ type: pick(FINDING_TYPES), start, end: plain.length, score: 1, reason: "planted" });
    plain += pick([" ", ". ", ")", "-", "'s "]);
  }
  return { plain, masked: maskText(plain, findings, pseudonyms) };
}

function split(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = Math.min(text.length, at + 1 + below(dice() < 0.5 ? 3 : 40));
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

const text = (piece: string): Part => ({ type: "text-delta", choice: 0, text: piece });
const input = (piece: string): Part => ({ type: "tool-input-delta", choice: 0, tool: 0, text: piece });
const FINISH: Part = { type: "finish", upstreamId: undefined, upstreamModel: undefined };
function play(filter: Outgoing, parts: readonly Part[]): string {
  let said = "";
  for (const part of [...parts, FINISH]) for (const out of filter.push([part])) if ("text" in out) said += out.text;
  return said;
}

test("however a masked stream is split, the exact original comes back", () => {
  let wrong = 0;
  for (let n = 0; n < SPLITTINGS; n++) {
    const pseudonyms = conversation(`c${String(n % 50)}`);
    const { plain, masked } = makeText(pseudonyms);
    if (play(createUnmasking(pseudonyms, { jsonText: false }), split(masked).map(text)) !== plain) wrong++;
  }
  console.log(`# unmasking: ${String(SPLITTINGS)} random splittings, ${String(wrong)} wrong`);
  assert.equal(wrong, 0);
});

test("a filter that does not wait for the rest of a mark is caught by the same splittings", () => {
  let wrong = 0;
  for (let n = 0; n < 200; n++) {
    const pseudonyms = conversation("planted");
    const { plain, masked } = makeText(pseudonyms);
    const hasty = split(masked).map((piece) => unmaskText(piece, pseudonyms, asText));
    if (hasty.join("") !== plain) wrong++;
  }
  assert.ok(wrong > 100, `${String(wrong)} of 200`);
});

test("splitting changes nothing, whatever the text holds: marks of others, halves of marks, words that run into them", () => {
  for (let n = 0; n < 3000; n++) {
    const pseudonyms = conversation("halves");
    const marks = (["PERSON", "DATE_OF_BIRTH", "IBAN"] as const).map((type) => pseudonyms.of(type, pick(ORIGINALS)));
    let noise = "";
    for (let m = below(10); m >= 0; m--) {
      const mark = pick(marks);
      noise += pick([
        ...FILLERS,
        mark,
        `[${mark}]`,
        mark.slice(0, below(mark.length)),
        `[${mark.toLowerCase()}]`,
        mark.toLowerCase(),
        `\\[${mark}\\]`,
        "9",
      ]);
    }
    assert.equal(
      play(createUnmasking(pseudonyms, { jsonText: false }), split(noise).map(text)),
      unmaskText(noise, pseudonyms, asText),
      noise,
    );
  }
});

test("inside JSON the original is written as a string of JSON is", () => {
  for (let n = 0; n < 500; n++) {
    const pseudonyms = conversation("json");
    const { plain, masked } = makeText(pseudonyms);
    const args = JSON.stringify({ to: masked });
    const said = play(createUnmasking(pseudonyms, { jsonText: false }), split(args).map(input));
    assert.deepEqual(JSON.parse(said), { to: plain });
    assert.deepEqual(JSON.parse(play(createUnmasking(pseudonyms, { jsonText: true }), split(args).map(text))), { to: plain });
    assert.equal(unmaskText(args, pseudonyms, asJsonString), said);
  }
});

test("no pseudonym of another conversation is ever resolved", () => {
  let resolved = 0;
  const own = conversation("mine");
  for (const original of ORIGINALS) own.of("PERSON", original);
  for (let n = 0; n < 1000; n++) {
    const other = conversation(`other ${String(n)}`);
    const { masked } = makeText(other);
    const filter = createUnmasking(own, { jsonText: false });
    if (play(filter, split(masked).map(text)) !== masked) resolved++;
  }
  console.log(`# unmasking: 1000 streams of other conversations, ${String(resolved)} resolved`);
  assert.equal(resolved, 0);
});

test("a value has one pseudonym in its conversation, and no two values share one", () => {
  const pseudonyms = conversation("many");
  const again = conversation("many");
  const seen = new Map<string, string>();
  for (let n = 0; n < 20_000; n++) {
    const name = `Person ${String(n)}`;
    const made = pseudonyms.of("PERSON", name);
    assert.equal(seen.get(made), undefined);
    seen.set(made, name);
    if (n < 500) assert.equal(again.of("PERSON", name), made);
    assert.equal(pseudonyms.of("PERSON", name), made);
    assert.match(made, /^PERSON_[0-9a-f]{8,}$/);
  }
  assert.notEqual(conversation("elsewhere").of("PERSON", "Person 1"), conversation("many").of("PERSON", "Person 1"));
});

test("another way of writing a value shares its digits and comes back as it was written", () => {
  const pseudonyms = conversation("ways");
  const first = pseudonyms.of("PERSON", "John Smith");
  const second = pseudonyms.of("PERSON", "JOHN  SMITH");
  assert.equal(second, `${first}_2`);
  assert.equal(unmaskText(`[${first}] is [${second}]`, pseudonyms, asText), "John Smith is JOHN  SMITH");
  const types: readonly FindingType[] = ["PERSON", "LOCATION"];
  assert.equal(new Set(types.map((type) => pseudonyms.of(type, "Paris"))).size, 2);
});

test("what is held is released as soon as it can be no mark, and never grows past a mark", () => {
  const filter = createUnmasking(conversation("held"), { jsonText: false });
  assert.deepEqual(filter.push([text("plain words ")]), [text("plain words ")]);
  assert.deepEqual(filter.push([text("see [1")]), [text("see ")]);
  assert.deepEqual(filter.push([text("] and")]), [text("[1] and")]);
  let held = 0;
  let said = 0;
  for (let n = 1; n <= 2000; n++) {
    for (const out of filter.push([text(n === 1 ? "[" : "a")])) if ("text" in out) said += out.text.length;
    held = Math.max(held, n - said);
  }
  console.log(`# unmasking: ${String(held)} characters held at most`);
  assert.ok(held <= 113, String(held));
});

test("what stands beside a held text is kept: log probabilities, the order of channels", () => {
  const filter = createUnmasking(conversation("order"), { jsonText: false });
  const logprobs = { content: [] };
  assert.deepEqual(filter.push([{ type: "text-delta", choice: 0, text: "[PER", logprobs }]), [
    { type: "text-delta", choice: 0, text: "", logprobs },
  ]);
  const start: Part = { type: "tool-input-start", choice: 0, tool: 0, id: "1", name: "f" };
  assert.deepEqual(filter.push([start]), [text("[PER"), start]);
});

test("ways of writing that an earlier turn gave out and those of this one all come back as they were", () => {
  const pseudonyms = conversation("learned");
  const stem = conversation("learned").of("EMAIL", "john@x.com");
  pseudonyms.learn(stem, "John@x.com");
  pseudonyms.learn(`${stem}_2`, "john@x.com");
  for (const original of ["JOHN@x.com", "jOHN@x.com", "john@x.com", "John@x.com"])
    assert.equal(unmaskText(`[${pseudonyms.of("EMAIL", original)}]`, pseudonyms, asText), original);
  assert.equal(unmaskText(`[${stem}] [${stem}_2]`, pseudonyms, asText), "John@x.com john@x.com");
});
