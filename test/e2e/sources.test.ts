import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DocumentSource } from "../../src/contract/sources.ts";
import { eventually } from "./eventually.ts";
import { startWeir } from "./server.ts";

const place = await mkdtemp(join(tmpdir(), "weir-place-"));
const weir = await startWeir({
  yaml: `sources:
  wiki: { kind: folder, path: ${place}, tenant: acme, collection: wiki, exclude: ["drafts/**"], attributes: { team: docs } }
  nobodys: { kind: folder, path: ${place}, tenant: nobody, collection: wiki, schedule: "0 4 * * *" }
  lost: { kind: git, url: "http://127.0.0.1:9/none.git", tenant: acme, collection: lost }
`,
});
afterAll(async () => {
  await weir.close();
  await rm(place, { recursive: true, force: true });
});
const { key } = await weir.tenant("acme");

async function sync(name: string): Promise<DocumentSource> {
  const { startedAt } = await weir.call<DocumentSource>("GET", `/admin/v1/sources/${name}`);
  await weir.call("POST", `/admin/v1/sources/${name}/sync`, undefined, { expect: 202 });
  let found: DocumentSource | undefined;
  await eventually(async () => {
    found = await weir.call<DocumentSource>("GET", `/admin/v1/sources/${name}`);
    assert.notEqual(found.startedAt, startedAt);
    assert.ok(found.state === "idle" || found.state === "failed", found.state);
  });
  assert.ok(found !== undefined);
  return found;
}
const search = async (query: string): Promise<string[]> =>
  (await weir.call<{ data: { filename: string }[] }>("POST", "/v1/vector_stores/wiki/search", { query }, { key })).data.map(
    ({ filename }) => filename,
  );

test("a folder that weir.yaml names is brought into its collection when somebody asks, and what goes there goes here", async () => {
  assert.deepEqual(
    (await weir.call<{ data: DocumentSource[] }>("GET", "/admin/v1/sources")).data.map(({ name, state, schedule }) => [
      name,
      state,
      schedule,
    ]),
    [
      ["wiki", "never", null],
      ["nobodys", "never", "0 4 * * *"],
      ["lost", "never", null],
    ],
  );
  await writeFile(join(place, "otter.md"), "# Otters\n\nThe otter swims.");
  await writeFile(join(place, "gone.md"), "The dodo is gone.");
  assert.deepEqual((await sync("wiki")).counts, { seen: 2, added: 2, changed: 0, removed: 0, unchanged: 0, refused: 0 });
  assert.deepEqual(await search("otter"), ["otter.md"]);
  const { data } = await weir.call<{ data: { attributes: object }[] }>("GET", "/v1/vector_stores/wiki/files?order=asc", undefined, { key });
  assert.deepEqual(
    data.map(({ attributes }) => attributes),
    [
      { team: "docs", path: "gone.md", source: "wiki" },
      { team: "docs", path: "otter.md", source: "wiki" },
    ],
  );
  await rm(join(place, "gone.md"));
  assert.equal((await sync("wiki")).counts.removed, 1);
  assert.deepEqual(await search("dodo"), []);
});

test("a place that cannot be reached, a tenant that is not there and a name that is none are told plainly", async () => {
  const lost = await sync("lost");
  assert.equal(lost.state, "failed");
  assert.match(lost.error ?? "", /^git fetch failed: /);
  assert.ok(!(lost.error ?? "").includes("none.git"), lost.error ?? "");
  await weir.call("POST", "/admin/v1/sources/nobodys/sync", undefined, { expect: 404 });
  await weir.call("POST", "/admin/v1/sources/none/sync", undefined, { expect: 404 });
});
