import { test } from "bun:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createPriceBook, readPriceBook } from "./price-book.ts";

test("a model is found by its name with or without a date, and one that is not in the book has no price", () => {
  const book = readPriceBook();
  const opus = book.findPrice("anthropic", "claude-opus-5.5");
  assert.deepEqual(opus, {
    price: { inputPerMTok: 4, outputPerMTok: 20, cachedInputPerMTok: 0.2, cacheWritePerMTok: 5 },
    version: "2026-11",
  });
  for (const name of ["claude-opus-5-5", "claude-opus-5-5-20260922", "Claude-Opus-5.5-latest"])
    assert.deepEqual(book.findPrice("anthropic", name), opus);
  assert.notDeepEqual(book.findPrice("anthropic", "claude-opus-5"), opus);
  assert.equal(book.findPrice("openai", "gpt-6-sol-2026-09-22")?.price.inputPerMTok, 2);
  assert.equal(book.findPrice("openai", "claude-opus-5.5"), undefined);
  for (const name of ["", "gpt-6", "gpt-6-solar", "meta-llama/Llama-3.3-70B-Instruct", "__proto__"])
    assert.equal(book.findPrice("openai", name), undefined);
});

test("a book with a model twice, without a price or with a negative one is refused", () => {
  const model = { name: "m", kind: "openai", input: 1, output: 2 };
  assert.equal(createPriceBook({ version: "1", models: [model] }).findPrice("openai", "m")?.version, "1");
  for (const models of [
    [model, model],
    [{ ...model, output: undefined }],
    [{ ...model, input: -1 }],
    [{ ...model, input: "1" }],
    [null],
    "none",
  ])
    assert.throws(() => createPriceBook({ version: "1", models }), TypeError);
});

test("the book says what its source says", () => {
  const path = fileURLToPath(new URL("../../../shared/data/plan/api_prices_2026-11.csv", import.meta.url));
  if (!existsSync(path)) {
    console.log("skipped: the price list that the book was taken from is not here");
    return;
  }
  const book = readPriceBook();
  let checked = 0;
  for (const line of readFileSync(path, "utf8").split("\n").slice(1)) {
    const [name = "", input = "", cached = "", write = "", output = ""] = line.split(",");
    const kind = name.startsWith("claude") ? "anthropic" : "openai";
    if (name === "" || name.includes(":")) continue;
    const price = book.findPrice(kind, name)?.price;
    assert.ok(price !== undefined, name);
    if (name.startsWith("deepseek")) continue;
    assert.equal(price.inputPerMTok, Number(input));
    assert.equal(price.outputPerMTok, Number(output));
    assert.equal(price.cachedInputPerMTok ?? 0, Number.parseFloat(cached || "0"), name);
    assert.equal(price.cacheWritePerMTok ?? 0, Number.parseFloat(write || "0"), name);
    checked++;
  }
  console.log(`${checked} prices compared`);
  assert.equal(checked, 12);
});
