import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DocumentSource } from "../../src/contract/sources.ts";
import { systemFetch } from "../../src/kernel/outbound.ts";
import { createS3Blobs } from "../../src/object/index.ts";
import { bytesOf } from "../../src/object/testing.ts";
import { freePort } from "../../tools/suite/port.ts";
import { eventually } from "../e2e/eventually.ts";
import { startWeir, type TestWeir } from "../e2e/server.ts";
import { programOf, startProgram, type Program } from "./program.ts";

const CREDENTIALS = { region: "eu-test-1", accessKeyId: "weir-test", secretAccessKey: "s3-secret-canary-7720" };
const binary = programOf("S3");
const s3Test = binary === undefined ? test.skip : test;

let folder: string;
let server: Program | undefined;
let weir: TestWeir | undefined;
let endpoint: string;
beforeAll(async () => {
  if (binary === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "weir-source-s3-"));
  for (const name of ["data/papers", "meta"]) mkdirSync(join(folder, name), { recursive: true });
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  const { region, accessKeyId, secretAccessKey } = CREDENTIALS;
  const place = [
    "--port",
    `127.0.0.1:${port}`,
    "--region",
    region,
    "--quiet",
    "posix",
    "--sidecar",
    join(folder, "meta"),
    join(folder, "data"),
  ];
  server = await startProgram([binary, ...place], {
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    ready: () => fetch(endpoint),
  });
  weir = await startWeir({
    yaml: `sources:
  papers: { kind: s3, bucket: papers, prefix: "in/", endpoint: "${endpoint}", region: ${region}, accessKeyId: ${accessKeyId}, secretAccessKey: "${secretAccessKey}", tenant: acme, collection: papers }
  wrong: { kind: s3, bucket: papers, endpoint: "${endpoint}", region: ${region}, accessKeyId: ${accessKeyId}, secretAccessKey: wrong, tenant: acme, collection: wrong }
`,
  });
});
afterAll(async () => {
  await weir?.close();
  await server?.stop();
  if (binary !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** A thousand objects, one after the other. */
const WAITING = { withinMs: 240_000, everyMs: 250 };

async function sync(name: string): Promise<DocumentSource> {
  assert.ok(weir !== undefined);
  const asked = weir;
  const { startedAt } = await asked.call<DocumentSource>("GET", `/admin/v1/sources/${name}`);
  await asked.call("POST", `/admin/v1/sources/${name}/sync`, undefined, { expect: 202 });
  return await eventually(async () => {
    const found = await asked.call<DocumentSource>("GET", `/admin/v1/sources/${name}`);
    assert.ok(found.startedAt !== startedAt && found.state !== "running", found.state);
    return found;
  }, WAITING);
}

s3Test(
  "a real bucket is listed over several pages, and what changes and goes there changes and goes here",
  async () => {
    await weir?.tenant("acme");
    const bucket = createS3Blobs(
      { fetch: systemFetch, nowMs: Date.now, wait: async () => undefined },
      { ...CREDENTIALS, bucket: "papers", endpoint, prefix: "" },
    );
    const names = Array.from({ length: 1005 }, (_, at) => `in/${String(at % 7)}/a b+${String(at)}.txt`);
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(names.slice(at, at + 50).map((name) => bucket.put(name, bytesOf(at < 1000 ? "" : `Words of ${name}.`))));
    await bucket.put("in/first.md", bytesOf("The otter swims."));
    await bucket.put("out/not.md", bytesOf("Not asked for."));
    const first = await sync("papers");
    assert.deepEqual([first.state, first.error, first.counts.seen, first.counts.added], ["idle", null, 1006, 1006]);
    await bucket.put("in/first.md", bytesOf("The heron waits."));
    for (const name of names.slice(0, 3)) await bucket.delete(name);
    const { counts, state } = await sync("papers");
    assert.deepEqual([state, counts.changed, counts.removed, counts.unchanged], ["idle", 1, 3, 1002]);
    const wrong = await sync("wrong");
    assert.equal(wrong.state, "failed");
    assert.match(wrong.error ?? "", /secretAccessKey/);
    console.log(`# source on a real S3 server: ${first.counts.seen} objects over 2 pages, 1 changed, 3 removed, 1 wrong secret told`);
  },
  300_000,
);
