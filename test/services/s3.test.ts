import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../src/cli/testing.ts";
import { composeServer } from "../../src/compose.ts";
import { createServiceFetch } from "../../src/http/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { systemFetch } from "../../src/kernel/outbound.ts";
import { createS3Blobs, createTenantObjects, type Blobs, type S3Options } from "../../src/object/index.ts";
import { bytesOf, encrypt, OBJECT_CASES, secretWrapper, ten, textOf } from "../../src/object/testing.ts";
import { checkObjects } from "../../src/operate/index.ts";
import { silentLog } from "../../src/telemetry/index.ts";
import { freePort } from "../../tools/suite/port.ts";
import { upload } from "../e2e/access-world.ts";
import { ADMIN_KEY, startWeir, oneModel } from "../e2e/server.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { programOf, startProgram, type Program } from "./program.ts";

const CREDENTIALS = { region: "eu-test-1", accessKeyId: "weir-test", secretAccessKey: "s3-secret-canary-7719" };
const CANARY = "bucket-canary-3141";
const binary = programOf("S3");
const s3Test = binary === undefined ? test.skip : test;

let folder: string;
let server: Program | undefined;
let endpoint: string;
let passed = 0;
let made = 0;
beforeAll(async () => {
  if (binary === undefined) return;
  folder = mkdtempSync(join(tmpdir(), "weir-s3-"));
  for (const name of ["data/weir", "meta"]) mkdirSync(join(folder, name), { recursive: true });
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  const { region, accessKeyId, secretAccessKey } = CREDENTIALS;
  // With its attributes in files of their own it needs nothing of the file system.
  const command = [
    binary,
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
  server = await startProgram(command, {
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    ready: () => fetch(endpoint),
  });
});
afterAll(async () => {
  await server?.stop();
  if (binary !== undefined) rmSync(folder, { recursive: true, force: true });
  if (passed > 0)
    console.log(`# S3 (versitygw): ${passed} of ${OBJECT_CASES.length * 2} cases of the object store passed, plain and encrypted`);
});

function open(change: Partial<S3Options> = {}): Blobs {
  const deps = { fetch: systemFetch, nowMs: Date.now, wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
  return createS3Blobs(deps, { ...CREDENTIALS, bucket: "weir", endpoint, prefix: `t${made++}/`, ...change });
}

for (const { name, run } of OBJECT_CASES) {
  s3Test(`bucket: ${name}`, async () => {
    await run(createTenantObjects(open()));
    passed++;
  });
  s3Test(`bucket, encrypted: ${name}`, async () => {
    await run(encrypt(open(), secretWrapper(7)).objects);
    passed++;
  });
}

s3Test("a wrong secret, key, region, clock or bucket is refused by the server and told in Weir's own words", async () => {
  const blobsAt = (nowMs: () => number) =>
    createS3Blobs({ fetch: systemFetch, nowMs, wait: async () => undefined }, { ...CREDENTIALS, bucket: "weir", endpoint, prefix: "" });
  const cases: [Blobs, RegExp][] = [
    [open({ secretAccessKey: "wrong" }), /secretAccessKey/],
    [open({ accessKeyId: "nobody" }), /accessKeyId/],
    [open({ region: "us-east-1" }), /region/],
    [open({ bucket: "nowhere" }), /no such bucket/],
    [blobsAt(() => Date.now() - 3_600_000), /clock/],
  ];
  for (const [blobs, says] of cases) {
    await assert.rejects(
      blobs.put("files/ten/a", bytesOf("x")),
      (error: Error) => says.test(error.message) && !error.message.includes("canary"),
      String(says),
    );
  }
  console.log(`# S3 (versitygw): ${cases.length} of ${cases.length} wrong credentials refused`);
});

s3Test("the doctor writes, reads and deletes in a real bucket, leaves nothing, and tells what a wrong one is", async () => {
  const clock = { nowMs: Date.now, monotonicMs: () => performance.now() };
  const look = async (change: Partial<S3Options> = {}) => {
    const objects = { kind: "s3" as const, ...CREDENTIALS, bucket: "weir", endpoint, prefix: "doctor/", kms: undefined, ...change };
    const secret = new Uint8Array(32);
    return checkObjects({ clock, fetch: systemFetch }, { objects, dataDir: folder, secret, secretPrevious: undefined });
  };
  const well = await look();
  assert.deepEqual(
    well.map(({ state, about }) => [state, about]),
    [
      ["ok", "object store"],
      ["ok", "data keys"],
    ],
  );
  assert.deepEqual(await open({ prefix: "doctor/" }).list("", { limit: 10 }), []);
  for (const change of [{ secretAccessKey: "wrong" }, { bucket: "nowhere" }, { region: "us-east-1" }]) {
    const [told] = await look(change);
    assert.ok(told?.state === "problem" && told.todo !== undefined && !told.say.includes("canary"), JSON.stringify(told));
  }
});

s3Test("what is changed in the bucket does not open, and a change of the secret rewrites no object of it", async () => {
  const blobs = open({ prefix: "rotate/" });
  const before = encrypt(blobs, secretWrapper(1)).objects;
  for (let at = 0; at < 20; at++) await before.putObject(ten, `files/${at}`, bytesOf(`words ${at}`));
  const path = join(folder, "data/weir/rotate/files", ten);
  const read = (): Buffer[] =>
    readdirSync(path)
      .toSorted()
      .map((name) => readFileSync(join(path, name)));
  const sealed = read();
  await encrypt(blobs, secretWrapper(2), secretWrapper(1)).keys.rewrap();
  assert.deepEqual(read(), sealed);
  const after = encrypt(blobs, secretWrapper(2)).objects;
  for (let at = 0; at < 20; at++) assert.equal(textOf(await after.getObject(ten, `files/${at}`)), `words ${at}`);
  const body = (await blobs.get(`files/${ten}/3`)) ?? new Uint8Array(0);
  await blobs.put(`files/${ten}/3`, body.with(body.length - 1, (body.at(-1) ?? 0) ^ 1));
  await assert.rejects(after.getObject(ten, "files/3"), { code: "object_damaged" });
});

s3Test("a server keeps uploads and chat logs in the bucket, by tenant and date, encrypted, and its secrets out of its log", async () => {
  const upstream = await createFakeUpstream();
  const { region, accessKeyId, secretAccessKey } = CREDENTIALS;
  const yaml = `${oneModel(upstream.openaiBaseUrl)}objects: { kind: s3, bucket: weir, endpoint: "${endpoint}", region: ${region}, prefix: live, accessKeyId: env:S3_ID, secretAccessKey: env:S3_KEY }\n`;
  const weir = await startWeir({ yaml, env: { S3_ID: accessKeyId, S3_KEY: secretAccessKey } });
  try {
    const { key } = await weir.tenant("acme", { contentPolicy: "full" });
    const { id: tenantId } = await weir.call<{ id: string }>("GET", "/admin/v1/tenants/acme");
    const form = new FormData();
    form.set("purpose", "user_data");
    form.set("file", new File([`# Note\n\n${CANARY} in a file.`], "note.md"));
    const sent = await fetch(`${weir.url}/v1/files`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: form });
    const file = (await sent.json()) as { id: string };
    assert.equal(sent.status, 200);
    for (let at = 0; at < 5; at++) await (await weir.chat(key, { model: "m", messages: [{ role: "user", content: CANARY }] })).text();
    const content = await fetch(`${weir.url}/v1/files/${file.id}/content`, { headers: { authorization: `Bearer ${key}` } });
    assert.match(await content.text(), /bucket-canary/);
    assert.deepEqual(await weir.call("POST", "/admin/v1/objects/rotate-keys", {}), { rewrapped: 1, tenants: 1 });
    await weir.stop();

    const root = join(folder, "data/weir/live");
    const paths = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const names = paths.map((path) => path.slice(root.length + 1)).toSorted();
    assert.equal(names.length, 3);
    assert.match(names[0] ?? "", new RegExp(`^chat-logs/${tenantId}/\\d{4}-\\d\\d-\\d\\d/\\d{6}-[0-9a-f]{16}\\.ndjson$`));
    assert.match(names[1] ?? "", new RegExp(`^data-keys/${tenantId}/[0-9a-f]{32}$`));
    assert.match(names[2] ?? "", new RegExp(`^files/${tenantId}/`));
    for (const path of paths) assert.ok(!readFileSync(path).includes(CANARY), path);
    for (const secret of [secretAccessKey, CANARY]) assert.ok(!weir.logged.join("").includes(secret));
    console.log(`# S3 (versitygw): 1 upload and 5 calls' content in ${names.length} objects, 0 in the clear`);
  } finally {
    await weir.close().catch(() => undefined);
    await upstream.close();
  }
});

s3Test("a backup with the bucket's objects restores into another bucket's place, and every file opens there", async () => {
  const upstream = await createFakeUpstream();
  const { region, accessKeyId, secretAccessKey } = CREDENTIALS;
  const env = { S3_ID: accessKeyId, S3_KEY: secretAccessKey, WORDS: "some words for a backup" };
  const yamlAt = (prefix: string): string =>
    `${oneModel(upstream.openaiBaseUrl)}objects: { kind: s3, bucket: weir, endpoint: "${endpoint}", region: ${region}, prefix: ${prefix}, accessKeyId: env:S3_ID, secretAccessKey: env:S3_KEY }\n`;
  const weir = await startWeir({ yaml: yamlAt("before"), env });
  const restored = join(folder, "restored");
  const file = join(folder, "with-objects.backup");
  const config = join(folder, "after.yaml");
  writeFileSync(config, yamlAt("after"));
  const run = async (...argv: string[]): Promise<string> => {
    const { code, out, err } = await runCli(argv, {
      cwd: folder,
      env,
      clock: systemClock,
      findServer: async (dataDir) => (dataDir === weir.dataDir ? { pid: 1, url: weir.url, key: ADMIN_KEY } : undefined),
      compose: (of) => composeServer(of, { clock: systemClock, log: silentLog }),
    });
    assert.equal(code, 0, `${argv.join(" ")}: ${out}${err}`);
    return out;
  };
  try {
    const { key } = await weir.tenant("acme");
    const texts = Array.from({ length: 30 }, (_, at) => `# Note ${at}\n\n${CANARY}`);
    const files: string[] = [];
    for (const [at, text] of texts.entries()) files.push(await upload(weir, key, `${at}.md`, text));
    await run("backup", file, "--data", weir.dataDir, "--passphrase", "env:WORDS", "--objects");
    await weir.stop();
    await run("restore", file, "--data", restored, "--passphrase", "env:WORDS", "--config", config);
    assert.match(
      await run("doctor", "--data", restored, "--config", config),
      /warning {2}object store: stored files lie in .*\n.*weir objects push/,
    );
    assert.match(
      await run("objects", "push", "--data", restored, "--config", config),
      /Put into the bucket weir: 31 objects; 0 were there/,
    );
    assert.match(await run("objects", "push", "--data", restored, "--config", config), /: 0 objects; 31 were there already/);
    rmSync(join(restored, "objects"), { recursive: true });
    const after = await startWeir({ yaml: yamlAt("after"), dataDir: restored, env });
    let same = 0;
    try {
      for (const [at, id] of files.entries()) {
        const response = await fetch(`${after.url}/v1/files/${id}/content`, { headers: { authorization: `Bearer ${key}` } });
        if ((await response.text()) === texts[at]) same++;
      }
    } finally {
      await after.stop();
    }
    assert.equal(same, files.length);
    assert.ok(!readFileSync(file).includes(CANARY));
    console.log(`# S3 (versitygw): backup with objects: ${same} of ${files.length} files open in another place`);
  } finally {
    await weir.close().catch(() => undefined);
    await upstream.close();
  }
});

s3Test("a bucket behind TLS of a private authority is reached with that authority, and not without", async () => {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  const ca = readFileSync(cert, "utf8");
  for (const name of ["tls/weir", "attributes"]) mkdirSync(join(folder, name), { recursive: true });
  const port = await freePort();
  const { region, accessKeyId, secretAccessKey } = CREDENTIALS;
  const where = ["posix", "--sidecar", join(folder, "attributes"), join(folder, "tls")];
  const command = [binary ?? "", "--port", `127.0.0.1:${port}`, "--region", region, "--quiet", "--cert", cert, "--key", key, ...where];
  const secure = await startProgram(command, {
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    ready: () => createServiceFetch(ca)(`https://127.0.0.1:${port}`, {}),
  });
  try {
    const at = (trusted: string | undefined): Blobs =>
      createS3Blobs(
        { fetch: createServiceFetch(trusted), nowMs: Date.now, wait: async () => undefined },
        { ...CREDENTIALS, bucket: "weir", endpoint: `https://127.0.0.1:${port}`, prefix: "" },
      );
    await at(ca).put("files/ten/a", bytesOf("x"));
    assert.equal(textOf(await at(ca).get("files/ten/a")), "x");
    await assert.rejects(at(undefined).get("files/ten/a"), { code: "store_unavailable" });
  } finally {
    await secure.stop();
  }
});
