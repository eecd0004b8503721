import { test } from "bun:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { copyTemplate, findTemplate } from "./template.ts";

const inFolder = async (body: (cache: string) => Promise<void>): Promise<void> => {
  const cache = await mkdtemp(join(tmpdir(), "weir-template-"));
  try {
    await body(cache);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
};

/** Stands for initdb and the migrations. */
const build = async (folder: string): Promise<void> => {
  await mkdir(join(folder, "db"));
  await writeFile(join(folder, "db", "PG_VERSION"), "18");
  await writeFile(join(folder, "db.tar"), "");
};

test("a template is built once and found after that", () =>
  inFolder(async (cache) => {
    let built = 0;
    const source = { cache, build: async (folder: string) => (built++, await build(folder)) };
    const [one, two] = await Promise.all([findTemplate(source), findTemplate(source)]);
    assert.deepEqual([one, await findTemplate(source)], [two, one]);
    assert.equal(built, 1);
    assert.equal(await readFile(join(one.dir, "PG_VERSION"), "utf8"), "18");
  }));

test("two processes that build at once both end with a whole one, and leave no draft", () =>
  inFolder(async (cache) => {
    let rival: Promise<unknown> | undefined;
    // The other process finishes between the start of this one's build and its end.
    const other = `import { findTemplate } from ${JSON.stringify(join(import.meta.dirname, "template.ts"))};
      import { mkdir, writeFile } from "node:fs/promises";
      await findTemplate({ cache: ${JSON.stringify(cache)}, build: async (folder) => { await mkdir(folder + "/db"); await writeFile(folder + "/db/PG_VERSION", "other"); } });`;
    const found = await findTemplate({
      cache,
      build: async (folder) => {
        rival = promisify(execFile)(process.execPath, ["-e", other]);
        await rival;
        await build(folder);
      },
    });
    assert.ok(rival !== undefined);
    assert.equal(await readFile(join(found.dir, "PG_VERSION"), "utf8"), "other");
    assert.deepEqual((await readdir(cache)).length, 1);
  }));

test("a build that fails leaves nothing and says so", () =>
  inFolder(async (cache) => {
    const failing = { cache, build: () => Promise.reject(new Error("Command failed\nerror: no space left")) };
    await assert.rejects(findTemplate(failing), /could not be built: no space left/);
    assert.deepEqual(await readdir(cache), []);
  }));

test("old templates go, the newest few stay", () =>
  inFolder(async (cache) => {
    const now = Date.now() / 1000;
    for (let age = 1; age <= 6; age++) {
      const folder = join(cache, `template-${age}`);
      await mkdir(folder);
      await utimes(folder, now - age * 3600, now - age * 3600);
    }
    await findTemplate({ cache, build });
    const left = (await readdir(cache)).filter((name) => /^template-\d$/.test(name));
    assert.deepEqual(left.toSorted(), ["template-1", "template-2", "template-3"]);
  }));

test("a copy is a database folder, whole, with nothing beside it", () =>
  inFolder(async (parent) => {
    await copyTemplate(join(parent, "data", "postgres"));
    assert.deepEqual(await readdir(join(parent, "data")), ["postgres"]);
    assert.match(await readFile(join(parent, "data", "postgres", "PG_VERSION"), "utf8"), /^\d+/);
    // PostgreSQL refuses a folder that others may read.
    await assert.rejects(copyTemplate(join(parent, "data", "postgres")));
    assert.deepEqual(await readdir(join(parent, "data")), ["postgres"]);
  }));
