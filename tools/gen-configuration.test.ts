import { test } from "bun:test";
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENVIRONMENT, loadConfig } from "../src/config/index.ts";
import { findStale, render } from "./gen-configuration.ts";

const root = join(import.meta.dirname, "..");
const PAGE = "docs/configuration.md";

test("the page and the schema are what the sources say", () => {
  assert.deepEqual(findStale(root), [], "run bun tools/gen-configuration.ts");
});

test("a page that was edited, and one that is missing, are found stale", () => {
  const copy = mkdtempSync(join(tmpdir(), "weir-docs-"));
  cpSync(join(root, "weir.example.yaml"), join(copy, "weir.example.yaml"));
  assert.equal(findStale(copy).length, 2);
  mkdirSync(join(copy, "docs"));
  for (const [path, text] of render(copy)) writeFileSync(join(copy, path), text);
  assert.deepEqual(findStale(copy), []);
  writeFileSync(join(copy, PAGE), readFileSync(join(copy, PAGE), "utf8").replace("2,048", "4,096").replace("`2048`", "`4096`"));
  assert.deepEqual(findStale(copy), [PAGE]);
});

test("the page names every variable, every setting has a meaning, and the example's are all in it", () => {
  const page = render(root).get(PAGE) ?? "";
  for (const { name } of ENVIRONMENT) assert.ok(page.includes(`| \`${name}\` |`), name);
  const rows = page.split("\n").filter((line) => line.startsWith("| `") && line.split(" | ").length >= 4);
  assert.ok(rows.length >= 40, String(rows.length));
  for (const row of rows) assert.ok((row.split(" | ")[3] ?? "").replace("|", "").trim().length > 5, row);
  for (const setting of [
    "providers.<name>.kind",
    "models.<name>.price.cacheWritePerMTok",
    "routes.<name>[].use",
    "tiers.<name>.rpm",
    "maxOutputTokens.cap",
  ])
    assert.ok(page.includes(`\`${setting}\``), setting);
});

test("the example starts as it stands, without a warning", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "weir-example-"));
  cpSync(join(root, "weir.example.yaml"), join(cwd, "weir.yaml"));
  const config = await loadConfig({ flags: {}, env: { ANTHROPIC_API_KEY: "x" }, cwd });
  assert.deepEqual(config.warnings, []);
  assert.equal(config.models.length, 3);
});
