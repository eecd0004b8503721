import { test } from "bun:test";
import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startWeir } from "./server.ts";

const [ONE, TWO] = ["1".repeat(64), "2".repeat(64)];
const own = (secret: string, previous?: string): string =>
  `objects: { kind: folder, kms: { kind: secret, secret: env:${secret}${previous === undefined ? "" : `, previous: env:${previous}`} } }\n`;

test("a store moves from WEIR_SECRET to a secret of its own and on to the next; keys, files and audit trails stay as they are", async () => {
  const env = { OBJECTS_ONE: ONE, OBJECTS_TWO: TWO };
  const first = await startWeir({ env });
  const { dataDir } = first;
  try {
    const { key } = await first.tenant("acme");
    const form = new FormData();
    form.set("purpose", "user_data");
    form.set("file", new File(["some words"], "note.txt"));
    const headers = { authorization: `Bearer ${key}` };
    const sent = await fetch(`${first.url}/v1/files`, { method: "POST", headers, body: form });
    const { id } = (await sent.json()) as { id: string };
    await first.stop();
    const bodies = async (): Promise<Buffer[]> => {
      const found = await readdir(join(dataDir, "objects/files"), { recursive: true, withFileTypes: true });
      return Promise.all(found.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))));
    };
    const sealed = await bodies();
    assert.equal(sealed.length, 1);

    const use = async (yaml: string, rotate: boolean): Promise<[number, string]> => {
      const weir = await startWeir({ dataDir, yaml, env });
      try {
        if (rotate) assert.deepEqual(await weir.call("POST", "/admin/v1/objects/rotate-keys", {}), { rewrapped: 1, tenants: 1 });
        const response = await fetch(`${weir.url}/v1/files/${id}/content`, { headers });
        assert.equal((await weir.call<{ ok: boolean }>("POST", "/admin/v1/audit/verify", { tenant: "acme" })).ok, true);
        assert.ok(![ONE, TWO].some((secret) => weir.logged.join("").includes(secret)));
        return [response.status, await response.text()];
      } finally {
        await weir.stop();
      }
    };
    assert.deepEqual(await use(own("OBJECTS_ONE"), true), [200, "some words"]);
    assert.equal((await use(own("OBJECTS_TWO"), false))[0], 500, "the other secret alone opens nothing");
    assert.deepEqual(await use(own("OBJECTS_TWO", "OBJECTS_ONE"), true), [200, "some words"]);
    assert.deepEqual(await use(own("OBJECTS_TWO"), false), [200, "some words"]);
    assert.deepEqual(await bodies(), sealed, "no file was rewritten");

    const [file] = (await readdir(join(dataDir, "objects/files"), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    await writeFile(
      join(file?.parentPath ?? "", file?.name ?? ""),
      Buffer.from(sealed[0] ?? []).map((byte, at, all) => (at === all.length - 1 ? byte ^ 1 : byte)),
    );
    const [status, text] = await use(own("OBJECTS_TWO"), false);
    assert.equal(status, 500);
    assert.match(text, /"code":"object_damaged"/);
    assert.match(text, /it was changed since it was stored/);
    console.log("# objects: WEIR_SECRET to an own secret to the next, 1 of 1 files readable, 0 rewritten; 1 changed file refused");
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
