import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { ATTACK_TEMPLATES } from "./attack-templates.ts";
import {
  generateAttacks,
  generateForeignAttacks,
  generateForeignHarmless,
  generateHarmless,
  generatePlanted,
  generatePlantedHarmless,
} from "./generate.ts";
import { fillTemplate } from "./grammar.ts";

test("templates give many different texts with every place filled, the same for the same seed", () => {
  assert.ok(Object.values(ATTACK_TEMPLATES).flat().length >= 60);
  for (const generate of [
    generateAttacks,
    generatePlanted,
    generateForeignAttacks,
    generateHarmless,
    generatePlantedHarmless,
    generateForeignHarmless,
  ]) {
    const texts = generate(createSeededRandom(3));
    console.log(`# ${generate.name}: ${String(texts.length)} texts`);
    assert.ok(texts.length > 150);
    assert.equal(new Set(texts).size, texts.length);
    assert.deepEqual(
      texts.filter((text) => /\{[a-z]+\}/.test(text)),
      [],
    );
    assert.deepEqual(generate(createSeededRandom(3)), texts);
  }
});

test("a place without alternatives and a circle of places are told", () => {
  const dice = createSeededRandom(1);
  assert.throws(() => fillTemplate("{no}", {}, dice), /nothing for/);
  assert.throws(() => fillTemplate("{one}", { one: "{two}", two: "{one}" }, dice), /circle/);
  assert.equal(fillTemplate("{one}, {onelow}", { one: "Say" }, dice), "Say, say");
});
