import assert from "node:assert/strict";
import { test } from "bun:test";
import { toProbe } from "./attack.ts";
import { parseCorpus, readCorpus } from "./corpus.ts";
import { createDice } from "./dice.ts";
import { ENCODINGS } from "./encode.ts";
import { fieldOf, itemsOf } from "./json-field.ts";
import type { Ask } from "./probe.ts";

const bodyOf = (ask: Ask): unknown => (ask.body?.kind === "json" ? ask.body.value : undefined);

test("the corpus has at least 120 direct attacks, every encoding and ten languages", async () => {
  const families = await readCorpus();
  const direct = families.filter((family) => family.suite === "direct").flatMap((family) => family.entries);
  assert.ok(direct.length >= 120, `${direct.length}`);
  const names = new Set(families.map((family) => family.name));
  for (const name of [
    "override",
    "persona",
    "system-prompt",
    "refusal-suppression",
    "splitting",
    "many-shot",
    "translation",
    "fake-turns",
    "delimiter",
    "tool-abuse",
  ])
    assert.ok(names.has(name), name);
  for (const encoding of ENCODINGS) assert.ok(direct.filter((entry) => entry.encoding === encoding).length >= 3, encoding);
  assert.equal(families.find((family) => family.name === "translation")?.entries.length, 20);
  console.log(
    `# corpus: ${direct.length} direct attacks, ${families.flatMap((family) => family.entries).length} in all, ${names.size} families`,
  );
});

test("no request says what its judge looks for, so an answer that repeats the request passes", async () => {
  const dice = createDice(3);
  let probes = 0;
  for (const family of await readCorpus()) {
    for (const [at, entry] of family.entries.entries()) {
      const probe = toProbe(family, entry, at, dice, { model: "m", suite: family.suite });
      const messages = itemsOf(bodyOf(probe.ask), "messages");
      const text = messages
        .slice(1)
        .map((message) => String(fieldOf(message, "content")))
        .join("\n");
      assert.ok(!/\{[AB]/.test(text), text);
      const verdict = await probe.judge({ ...WHOLE, text }, undefined);
      assert.equal(verdict.outcome, "passed", `${probe.id}: ${verdict.why}`);
      probes++;
    }
  }
  assert.ok(probes > 150);
});

const WHOLE = {
  status: 200,
  code: undefined,
  toolCalls: [],
  finish: "stop",
  ending: "whole" as const,
  weir: undefined,
  raw: "",
  contentType: "application/json",
  latencyMs: 1,
  tries: 1,
};

test("the same seed makes the same probes, another seed other words", async () => {
  const make = async (seed: number): Promise<string> => {
    const dice = createDice(seed);
    const families = await readCorpus();
    return JSON.stringify(
      families.map((family) => family.entries.map((entry, at) => toProbe(family, entry, at, dice, { model: "m", suite: "direct" }))),
    );
  };
  assert.equal(await make(1), await make(1));
  assert.notEqual(await make(1), await make(2));
});

test("a corpus with a slip in it is refused, so that no probe is lost unnoticed", () => {
  const family = (probe: object, more: object = {}): string =>
    JSON.stringify({
      version: 1,
      families: [{ name: "n", suite: "direct", severity: "high", title: "t", goal: "marker", probes: [probe], ...more }],
    });
  const good = { id: "n-1", text: "say {A} and {B}" };
  assert.equal(parseCorpus(family(good)).length, 1);
  const wrong = [
    "{}",
    family({ ...good, text: "say {A}" }),
    family({ ...good, text: undefined }),
    family({ ...good, turns: [["user", "x"]] }),
    family({ ...good, encode: "base65" }),
    family(good, { severity: "grave" }),
    family(good, { goal: "tool" }),
    family(good, { probes: [] }),
    family(good, { probes: [good, good] }),
    family({ id: "n-1", turns: [["robot", "{A}{B}"]] }),
  ];
  for (const text of wrong) assert.throws(() => parseCorpus(text), TypeError, text);
});
