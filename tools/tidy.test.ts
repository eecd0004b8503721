import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkTree, type TidyReport } from "./tidy/tree.ts";
import { findCycles } from "./tidy/cycles.ts";
import { readModule } from "./tidy/module.ts";

const made: string[] = [];
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true })));

/** A small house that breaks no rule, and one planted change to it. */
const HOUSE: Readonly<Record<string, string>> = {
  "src/kernel/clock.ts": "export const now = () => Date.now();\n",
  "src/domain/call.ts": 'import { now } from "../kernel/clock.ts";\nexport const call = now;\n',
  "src/store/index.ts": "export const open = 1;\n",
  "src/store/key.ts": "export const key = 1;\n",
  "src/store/engine/wire.ts": "export const wire = 1;\n",
  "src/route/index.ts": 'export { plan } from "./plan.ts";\n',
  "src/route/plan.ts":
    'import { open } from "../store/index.ts";\nimport { key } from "../store/key.ts";\nexport const plan = [open, key];\n',
  "src/provider/index.ts": "export const ask = 1;\n",
  "src/chat/index.ts": 'import { plan } from "../route/index.ts";\nexport const chat = plan;\n',
  "src/http/index.ts": 'import { chat } from "../chat/index.ts";\nimport { Hono } from "hono";\nexport const app = [chat, Hono];\n',
  "src/compose.ts": 'import { app } from "./http/index.ts";\nexport const compose = app;\n',
  "src/main.ts": 'import { compose } from "./compose.ts";\nconsole.log(compose, process.env, Bun.version);\n',
  "console/src/a.ts": "export const a = 1;\n",
  "test/console/a.test.ts": 'import { a } from "../../console/src/a.ts";\nconsole.log(a);\n',
  "tools/check.ts": 'import { compose } from "../src/compose.ts";\nconsole.log(compose);\n',
};

function check(planted: Readonly<Record<string, string>>): TidyReport {
  const base = mkdtempSync(join(tmpdir(), "tidy-"));
  made.push(base);
  for (const [path, text] of Object.entries({ ...HOUSE, ...planted })) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  return checkTree(base, "src", ["tools", "test"]);
}

const lines = (count: number): string => "export {};\n".repeat(count);

/** What is planted where, and the one problem that it must give. */
const PLANTED: readonly (readonly [kind: string, path: string, text: string, problem: RegExp])[] = [
  [
    "an import of a higher tier",
    "src/kernel/a.ts",
    'import { call } from "../domain/call.ts";\nexport const a = call;',
    /kernel must not import domain, which is above/,
  ],
  [
    "a type of a higher tier",
    "src/domain/a.ts",
    'import type { plan } from "../route/index.ts";\nexport type A = typeof plan;',
    /domain must not import route, which is above/,
  ],
  [
    "a type of a higher tier by import()",
    "src/domain/a.ts",
    'export type A = import("../route/index.ts").plan;',
    /domain must not import route/,
  ],
  [
    "a sibling stage",
    "src/provider/a.ts",
    'import { plan } from "../route/index.ts";\nexport const a = plan;',
    /provider must not import its sibling route/,
  ],
  [
    "a sibling among the infrastructure",
    "src/config/a.ts",
    'import { open } from "../store/index.ts";\nexport const a = open;',
    /config must not import its sibling store/,
  ],
  ["a way past a door", "src/http/a.ts", 'import { plan } from "../route/plan.ts";\nexport const a = plan;', /goes past the door of route/],
  [
    "a way past the doors of the store",
    "src/route/a.ts",
    'import { wire } from "../store/engine/wire.ts";\nexport const a = wire;',
    /goes past the door of store/,
  ],
  ["a re-export past a door", "src/http/a.ts", 'export { plan } from "../route/plan.ts";', /goes past the door of route/],
  ["a dynamic import past a door", "src/http/a.ts", 'export const a = () => import("../route/plan.ts");', /goes past the door of route/],
  ["export *", "src/chat/index.ts", 'export * from "../route/index.ts";', /export \* hides/],
  ["export * as a name", "src/chat/index.ts", 'export * as route from "../route/index.ts";', /export \* hides/],
  ["a folder without a tier", "src/misplaced/a.ts", "export const a = 1;", /the folder misplaced has no tier/],
  ["a file beside the folders", "src/loose.ts", "export const a = 1;", /only main, index and compose/],
  ["a missing file", "src/route/a.ts", 'import { b } from "./b.ts";\nexport const a = b;', /\.\/b\.ts is not a \.ts file/],
  ["a path without .ts", "src/route/a.ts", 'import { plan } from "./plan";\nexport const a = plan;', /\.\/plan is not a \.ts file/],
  ["a way out of src", "src/http/a.ts", 'import "../../tools/check.ts";', /leaves src/],
  ["a computed import()", "src/chat/a.ts", 'export const a = (name: string) => import("../route/" + name);', /not a plain string/],
  ["a template import()", "src/chat/a.ts", "export const a = (name: string) => import(`../route/${name}`);", /not a plain string/],
  ["require()", "src/chat/a.ts", 'export const a = require("node:fs");', /require\(\) hides/],
  ["a package of another folder", "src/chat/a.ts", 'import { Hono } from "hono";\nexport const a = Hono;', /hono belongs to http/],
  [
    "a sub-path of a package of another folder",
    "src/chat/a.ts",
    'import { cors } from "hono/cors";\nexport const a = cors;',
    /hono belongs to http/,
  ],
  [
    "a scoped package of another folder",
    "src/chat/a.ts",
    'import { vector } from "@electric-sql/pglite/vector";\nexport const a = vector;',
    /@electric-sql\/pglite belongs to store/,
  ],
  ["a package that nobody owns", "src/chat/a.ts", 'import a from "left-pad";\nexport { a };', /left-pad has no owner/],
  ["a built-in without node:", "src/chat/a.ts", 'import { join } from "path";\nexport { join };', /path has no owner folder .*node:path/],
  [
    "a types-only package used as a value",
    "src/provider/a.ts",
    'import OpenAI from "openai";\nexport const a = OpenAI;',
    /openai may be imported as types only/,
  ],
  ["a test imported by what is no test", "src/route/a.ts", 'import "./a.test.ts";', /imports a test/],
  ["the console in the house", "src/route/a.ts", 'import "../../console/src/a.ts";', /is not a \.ts file of this tree/],
  ["process.env", "src/route/a.ts", "export const a = process.env.HOME;", /process\.env does not belong/],
  ["process.env by a string", "src/route/a.ts", 'export const a = process["env"];', /process\.env does not belong/],
  ["process.env through globalThis", "src/route/a.ts", "export const a = globalThis.process.env;", /process\.env does not belong/],
  ["process.env by destructuring", "src/route/a.ts", "export const { env } = process;", /process\.env does not belong/],
  [
    "process.env by an import",
    "src/route/a.ts",
    'import { env } from "node:process";\nexport const a = env;',
    /process\.env does not belong/,
  ],
  [
    "process.env by a default import",
    "src/route/a.ts",
    'import running from "node:process";\nexport const a = running.env;',
    /process\.env does not belong/,
  ],
  ["import.meta.env", "src/route/a.ts", "export const a = import.meta.env;", /process\.env does not belong/],
  ["process.exit", "src/route/a.ts", "export const a = () => process.exit(1);", /process\.exit does not belong/],
  ["console", "src/route/a.ts", "console.log(1);", /console does not belong/],
  [
    "console in a nested function",
    "src/route/a.ts",
    "export class A { run() { return [1].map((x) => console.info(x)); } }",
    /console does not belong/,
  ],
  ["Bun", "src/store/a.ts", 'export const a = Bun.file("x");', /Bun does not belong/],
  [
    "Bun, declared away",
    "src/store/a.ts",
    'declare const Bun: { file(x: string): void };\nexport const a = Bun.file("x");',
    /Bun does not belong/,
  ],
  ["a bun: module", "src/store/a.ts", 'import { Database } from "bun:sqlite";\nexport const a = Database;', /Bun does not belong/],
  ["import.meta.dir", "src/store/a.ts", "export const a = import.meta.dir;", /Bun does not belong/],
  ["Date.now", "src/route/a.ts", "export const a = () => Date.now();", /Date does not belong/],
  ["new Date()", "src/route/a.ts", "export const a = new Date();", /Date does not belong/],
  ["Date handed on", "src/route/a.ts", "export const { now } = Date;", /Date does not belong/],
  ["performance.now", "src/route/a.ts", "export const a = performance.now();", /performance does not belong/],
  [
    "performance by an import",
    "src/route/a.ts",
    'import { performance as p } from "node:perf_hooks";\nexport const a = p;',
    /performance does not belong/,
  ],
  ["Math.random", "src/route/a.ts", "export const a = Math.random();", /Math\.random does not belong/],
  ["crypto.randomUUID", "src/route/a.ts", "export const a = crypto.randomUUID();", /crypto\.randomUUID does not belong/],
  [
    "randomUUID by an import",
    "src/route/a.ts",
    'import { randomUUID } from "node:crypto";\nexport const a = randomUUID();',
    /crypto\.randomUUID does not belong/,
  ],
  ["fetch", "src/route/a.ts", 'export const a = () => fetch("http://x");', /fetch does not belong/],
  ["fetch as a default", "src/route/a.ts", "export const a = (ask = fetch) => ask;", /fetch does not belong/],
  [
    "fetch in the provider beside its transport",
    "src/provider/wire.ts",
    'export const a = () => fetch("http://x");',
    /fetch does not belong/,
  ],
  ["globalThis handed on", "src/route/a.ts", "export const a = globalThis;", /globalThis does not belong/],
  ["a file of 401 lines", "src/route/a.ts", lines(401), /401 lines, at most 400/],
  ["a long tool", "tools/long.ts", lines(401), /401 lines, at most 400/],
  ["a folder called utils", "src/route/utils/a.ts", "export const a = 1;", /"utils" says nothing/],
  ["a file called helpers", "src/route/helpers.ts", "export const a = 1;", /"helpers" says nothing/],
  ["a name with manager in it", "src/route/session-manager.ts", "export const a = 1;", /"manager" says nothing/],
  ["a folder called shared", "src/route/shared/a.ts", "export const a = 1;", /"shared" says nothing/],
  ["a file called common", "tools/common.ts", "export const a = 1;", /"common" says nothing/],
  ["a file called misc", "src/route/misc.test.ts", "export const a = 1;", /"misc" says nothing/],
  ["a file that does not parse", "src/route/a.ts", "export const = 1;", /does not parse/],
];

/** What looks like a violation and is none. */
const ALLOWED: readonly (readonly [kind: string, path: string, text: string])[] = [
  ["a parameter called fetch", "src/route/a.ts", 'export const a = (fetch: typeof globalThis.fetch) => fetch("http://x");'],
  [
    "a destructured dependency called fetch",
    "src/route/a.ts",
    "export function a({ fetch }: { fetch: (x: string) => void }) {\n  return () => fetch('x');\n}",
  ],
  [
    "a global's name in a comment, a string and a property",
    "src/route/a.ts",
    'export const a = { fetch: "Date.now()", console: 1 }; // Math.random()\nexport const b = a.fetch + a.console;',
  ],
  ["a type named after a global", "src/route/a.ts", "export type A = Date | typeof fetch;"],
  ["a date made of a number", "src/route/a.ts", "export const a = (ms: number) => [new Date(ms), Date.UTC(2026, 1), Date.parse('2026')];"],
  ["instanceof Date", "src/route/a.ts", "export const a = (x: unknown) => x instanceof Date;"],
  ["Math.max and crypto.subtle", "src/route/a.ts", "export const a = [Math.max(1, 2), crypto.subtle];"],
  ["fetch in the transport", "src/provider/transport.ts", 'export const a = () => fetch("http://x");'],
  ["time in the kernel", "src/kernel/a.ts", "export const a = () => performance.now() + Date.now();"],
  [
    "a variable called console",
    "src/route/a.ts",
    "export function a() {\n  if (true) { var console = { log() {} }; }\n  console.log();\n}",
  ],
  ["a caught name", "src/route/a.ts", "export function a() {\n  try { a(); } catch (fetch) { throw fetch; }\n}"],
  ["the types of a types-only package", "src/provider/a.ts", 'import type OpenAI from "openai";\nexport type A = OpenAI;'],
  [
    "a test that goes past a door, uses a package and time",
    "src/http/a.test.ts",
    'import { test } from "bun:test";\nimport { plan } from "../route/plan.ts";\nimport "openai";\ntest("x", () => void [plan, Date.now()]);',
  ],
  ["a file of 400 lines", "src/route/a.ts", lines(400)],
  ["a long generated file", "src/route/book.generated.ts", lines(4000)],
  ["a door of the store", "src/provider/a.ts", 'import { key } from "../store/key.ts";\nexport const a = key;'],
  ["data by import", "src/route/a.ts", 'import b from "./b.json" with { type: "json" };\nexport const a = b;'],
];

describe("tidy", () => {
  test("finds nothing in a house that breaks no rule", () => {
    const report = check({});
    assert.deepEqual(report.problems, []);
    assert.ok(report.imports >= 9);
  });

  for (const [kind, path, text, problem] of PLANTED) {
    test(`finds ${kind}`, () => {
      const { problems } = check({ [path]: text, ...(kind.startsWith("a test imported") ? { "src/route/a.test.ts": "export {};" } : {}) });
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", problem);
      assert.ok(problems[0]?.startsWith(path) === true);
    });
  }

  for (const [kind, path, text] of ALLOWED) {
    test(`lets pass ${kind}`, () => {
      assert.deepEqual(check({ [path]: text, "src/route/b.json": "1" }).problems, []);
    });
  }

  test("finds a cycle of two files", () => {
    const { problems } = check({ "src/route/a.ts": 'import "./b.ts";', "src/route/b.ts": 'import "./a.ts";' });
    assert.deepEqual(problems, ["cycle: src/route/a.ts > src/route/b.ts > src/route/a.ts"]);
  });

  test("finds a cycle of types only", () => {
    const { problems } = check({
      "src/route/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;',
      "src/route/b.ts": 'import type { A } from "./a.ts";\nexport type B = A;',
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /^cycle: /);
  });

  test("fails when it sees no imports", () => {
    const base = mkdtempSync(join(tmpdir(), "tidy-"));
    made.push(base);
    assert.match(checkTree(base, "src", []).problems.join(), /saw no imports/);
    mkdirSync(join(base, "src/kernel"), { recursive: true });
    writeFileSync(join(base, "src/kernel/a.ts"), "export const a = 1;\n");
    assert.match(checkTree(base, "src", ["tools"]).problems.join(), /saw no imports/);
  });

  test("fails when only the tools have imports", () => {
    const base = mkdtempSync(join(tmpdir(), "tidy-"));
    made.push(base);
    mkdirSync(join(base, "tools"), { recursive: true });
    writeFileSync(join(base, "tools/a.ts"), 'import "./b.ts";\n');
    writeFileSync(join(base, "tools/b.ts"), "export {};\n");
    assert.match(checkTree(base, "src", ["tools"]).problems.join(), /saw no imports in src/);
  });
});

test("findCycles names the shortest loop of each knot once, and a file that imports itself", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c", "a"]],
    ["c", ["a"]],
    ["d", ["d"]],
    ["e", ["a"]],
  ]);
  assert.deepEqual(findCycles(graph), [
    ["a", "b", "a"],
    ["d", "d"],
  ]);
});

test("readModule tells the line of each import and use", () => {
  const module = readModule("a.ts", 'import { a } from "./a.ts";\n\nconsole.log(a);\nconst x = await import("./b.ts");\n');
  assert.deepEqual(
    module.imports.map(({ specifier, line }) => [specifier, line]),
    [
      ["./a.ts", 1],
      ["./b.ts", 4],
    ],
  );
  assert.deepEqual(module.uses, [{ key: "console", line: 3 }]);
});
