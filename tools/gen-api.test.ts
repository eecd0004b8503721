import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toTemplate } from "../src/http/index.ts";
import { composedEndpoints } from "./composed-endpoints.ts";
import { isStale, renderApi } from "./gen-api.ts";

const root = join(import.meta.dirname, "..");

test("the page of the API is what the endpoints and the schemas say", () => {
  assert.equal(isStale(root), false, "run bun tools/gen-api.ts");
});

test("the page has every endpoint once, and a page that was edited or is missing is found stale", () => {
  const page = renderApi();
  for (const { method, path } of composedEndpoints())
    assert.equal(page.split(`### \`${method} ${toTemplate(path)}\`\n`).length, 2, `${method} ${path}`);
  const copy = mkdtempSync(join(tmpdir(), "weir-api-"));
  assert.equal(isStale(copy), true);
  mkdirSync(join(copy, "docs"));
  writeFileSync(join(copy, "docs/api.md"), page);
  assert.equal(isStale(copy), false);
  writeFileSync(join(copy, "docs/api.md"), readFileSync(join(copy, "docs/api.md"), "utf8").replace("/v1/embeddings", "/v1/vectors"));
  assert.equal(isStale(copy), true);
});

test("every link inside the page leads to a heading of it", () => {
  const page = renderApi();
  const all = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) => text.toLowerCase());
  const headings = new Set(all);
  assert.equal(headings.size, all.length, "two headings with one anchor");
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = ""]) => target);
  assert.ok(links.length > 40);
  assert.deepEqual(
    links.filter((link) => !headings.has(link)),
    [],
  );
});
