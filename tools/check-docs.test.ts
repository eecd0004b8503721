import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDocs, namesOf } from "./check-docs.ts";

const base = mkdtempSync(join(tmpdir(), "docs-"));
afterAll(() => rmSync(base, { recursive: true }));
mkdirSync(join(base, "docs"));
writeFileSync(join(base, "package.json"), '{"scripts":{"bench":"x"}}');

test("names are read outside of code blocks, scripts everywhere", () => {
  const text = "[a](b.md#c) [w](https://x) `src/main.ts` `src/` `npm run bench`\n```sh\nnpm run other # `src/no.ts` [x](y)\n```\n";
  assert.deepEqual(namesOf(text), { links: ["b.md"], paths: ["src/main.ts"], scripts: ["bench", "other"] });
});

test("each kind of dead name is found, and living ones pass", () => {
  writeFileSync(join(base, "README.md"), "[good](docs/a.md) [dead](docs/b.md) `docs/a.md` `docs/c.md` `npm run bench` `npm run gone`");
  writeFileSync(join(base, "docs/a.md"), "[up](../README.md)");
  const { problems, names } = checkDocs(base);
  assert.deepEqual(problems, [
    "README.md: the link docs/b.md leads nowhere",
    "README.md: there is no docs/c.md",
    "README.md: there is no script gone",
  ]);
  assert.equal(names, 7);
});

test("documents without any name fail", () => {
  writeFileSync(join(base, "README.md"), "nothing");
  writeFileSync(join(base, "docs/a.md"), "nothing");
  assert.match(checkDocs(base).problems.join(), /saw no names/);
});
