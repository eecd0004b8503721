import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { markAdminKeyShown } from "./admin-key.ts";
import { parseSecret } from "./secret.ts";
import { loadIn, makeFolder, problemsOf } from "./testing.ts";

const HEX = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER = "ff".repeat(32);
const POSTGRES = "postgres://weir@localhost/weir";

test("a secret is 32 bytes as hex or base64 of either alphabet, padded or not; one off is refused", () => {
  const bytes = Buffer.from(HEX, "hex");
  for (const text of [HEX, HEX.toUpperCase(), bytes.toString("base64"), bytes.toString("base64url")]) {
    assert.deepEqual(Buffer.from(parseSecret(text) ?? []), bytes, text);
  }
  for (const text of [
    "",
    HEX.slice(1),
    `${HEX}0`,
    bytes.subarray(1).toString("base64"),
    Buffer.concat([bytes, bytes.subarray(0, 1)]).toString("base64"),
    "correct horse battery staple",
  ]) {
    assert.equal(parseSecret(text), undefined, text);
  }
});

describe("embedded, on a first start", () => {
  test("secret and admin key are made, readable by their owner only, and stay the same afterwards", async () => {
    const cwd = await makeFolder();
    const first = await loadIn({ cwd });
    assert.equal(first.adminKeyIsNew, true);
    assert.match(first.adminKey, /^wadm-[0-9a-v]{32}$/);
    for (const name of ["secret", "admin-key"]) assert.equal((await stat(join(first.dataDir, name))).mode & 0o777, 0o600, name);
    assert.equal((await stat(first.dataDir)).mode & 0o777, 0o700);
    assert.deepEqual((await readdir(first.dataDir)).toSorted(), ["admin-key", "secret"]);

    const second = await loadIn({ cwd });
    assert.deepEqual(second.secret, first.secret);
    assert.equal(second.adminKey, first.adminKey);
    assert.equal(new Set([first.adminKey, first.localAdminKey, second.localAdminKey]).size, 3);
    assert.equal(second.adminKeyIsNew, true, "nobody has been shown it");
    await markAdminKeyShown(second.dataDir, second.adminKey);
    assert.equal((await stat(join(first.dataDir, "admin-key.shown"))).mode & 0o777, 0o600);
    const third = await loadIn({ cwd });
    assert.deepEqual([third.adminKey, third.adminKeyIsNew], [first.adminKey, false]);
    await unlink(join(first.dataDir, "admin-key"));
    const fourth = await loadIn({ cwd });
    assert.notEqual(fourth.adminKey, first.adminKey);
    assert.equal(fourth.adminKeyIsNew, true);
  });

  test("starts at the same moment agree on one secret and one key", async () => {
    const cwd = await makeFolder();
    const configs = await Promise.all(Array.from({ length: 8 }, () => loadIn({ cwd })));
    assert.equal(new Set(configs.map((config) => Buffer.from(config.secret).toString("hex"))).size, 1);
    assert.equal(new Set(configs.map((config) => config.adminKey)).size, 1);
    assert.deepEqual((await readdir(join(cwd, "data"))).toSorted(), ["admin-key", "secret"]);
  });

  test("WEIR_ADMIN_KEY is the admin key wherever it is set, and none is made", async () => {
    const cwd = await makeFolder();
    const config = await loadIn({ cwd, env: { WEIR_ADMIN_KEY: "0123456789abcdef" } });
    assert.deepEqual([config.adminKey, config.adminKeyIsNew], ["0123456789abcdef", false]);
    assert.deepEqual(await readdir(config.dataDir), ["secret"]);
    const without = await loadIn({ cwd });
    assert.deepEqual([without.adminKey.startsWith("wadm-"), without.adminKeyIsNew], [true, true]);
    assert.equal((await loadIn({ cwd, env: { WEIR_ADMIN_KEY: "0123456789abcdef" } })).adminKey, "0123456789abcdef");
  });
});

test("an admin key has at least 16 characters: 15 are refused", async () => {
  assert.deepEqual(await problemsOf({ env: { WEIR_ADMIN_KEY: "0123456789abcdef" } }), []);
  assert.deepEqual(await problemsOf({ env: { WEIR_ADMIN_KEY: "0123456789abcde" } }), [
    "environment WEIR_ADMIN_KEY: must have at least 16 characters: a shorter one can be guessed.",
  ]);
  assert.deepEqual(await problemsOf({ env: { WEIR_ADMIN_KEY: "x".repeat(512) } }), []);
  assert.equal((await problemsOf({ env: { WEIR_ADMIN_KEY: "x".repeat(513) } })).length, 1);
  assert.equal((await problemsOf({ env: { WEIR_ADMIN_KEY: "0123456789abcdef\n0123456789abcdef" } })).length, 1);
});

describe("a data folder keeps to the secret that it was made with:", () => {
  const refused = /^environment WEIR_SECRET: is not the secret that the data folder .* was made with/;
  test("another one in the environment is refused, the same one is not", async () => {
    const cwd = await makeFolder();
    const first = await loadIn({ cwd });
    const same = Buffer.from(first.secret).toString("base64");
    assert.deepEqual((await loadIn({ cwd, env: { WEIR_SECRET: same } })).secret, first.secret);
    assert.match((await problemsOf({ cwd, env: { WEIR_SECRET: HEX } })).join(), refused);
  });
  test("made with one from the environment, another is refused, and so is none", async () => {
    const cwd = await makeFolder();
    const config = await loadIn({ cwd, env: { WEIR_SECRET: HEX } });
    assert.deepEqual(Buffer.from(config.secret).toString("hex"), HEX);
    assert.deepEqual((await readdir(config.dataDir)).toSorted(), ["admin-key", "secret.check"]);
    assert.ok(!(await readFile(join(config.dataDir, "secret.check"), "utf8")).includes(HEX.slice(0, 16)));
    assert.deepEqual(await problemsOf({ cwd, env: { WEIR_SECRET: HEX } }), []);
    assert.match((await problemsOf({ cwd, env: { WEIR_SECRET: OTHER } })).join(), refused);
    assert.match((await problemsOf({ cwd })).join(), /^environment WEIR_SECRET: is not set, but the data folder .* was made with it/);
  });
});

test("a secret or admin key file that is damaged stops the start, and one that others may read draws a warning", async () => {
  const cwd = await makeFolder();
  const { dataDir } = await loadIn({ cwd });
  await chmod(join(dataDir, "secret"), 0o644);
  await chmod(join(dataDir, "admin-key"), 0o640);
  assert.deepEqual((await loadIn({ cwd })).warnings, [
    `${join(dataDir, "secret")}: other users of this machine may read it. Set its mode to 0600.`,
    `${join(dataDir, "admin-key")}: other users of this machine may read it. Set its mode to 0600.`,
  ]);
  await writeFile(join(dataDir, "admin-key"), "short\n");
  assert.deepEqual(await problemsOf({ cwd }), [
    `${join(dataDir, "admin-key")}: does not hold an admin key. Delete it, and a new one is made.`,
  ]);
  await writeFile(join(dataDir, "secret"), "");
  assert.match((await problemsOf({ cwd })).join(), /secret: does not hold 32 bytes/);
});

test("a data folder that cannot be made is a problem, not a crash", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "data"), "a file");
  assert.match((await problemsOf({ cwd })).join(), /data: the data folder cannot be used \(ENOTDIR\)\.$/);
});

describe("with DATABASE_URL", () => {
  test("WEIR_SECRET is mandatory and nothing is written to the data folder", async () => {
    const cwd = await makeFolder();
    assert.deepEqual(await problemsOf({ cwd, env: { DATABASE_URL: POSTGRES } }), [
      "environment WEIR_SECRET: must be set with DATABASE_URL, the same for every replica. Make one with `openssl rand -hex 32`.",
    ]);
    await mkdir(join(cwd, "data"));
    const config = await loadIn({ cwd, env: { DATABASE_URL: POSTGRES, WEIR_SECRET: HEX } });
    assert.equal(config.databaseUrl, POSTGRES);
    assert.equal(config.adminKeyIsNew, true);
    assert.deepEqual(await readdir(join(cwd, "data")), []);
    const again = await loadIn({ cwd, env: { DATABASE_URL: POSTGRES, WEIR_SECRET: HEX } });
    assert.notEqual(again.adminKey, config.adminKey);
  });
  test("its form is checked without quoting it", async () => {
    const problems = await problemsOf({ env: { DATABASE_URL: "mysql://u:hunter2@h/d", WEIR_SECRET: HEX } });
    assert.deepEqual(problems, [
      "environment DATABASE_URL: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE. Unset it for the embedded database.",
    ]);
  });
});

test("a WEIR_SECRET of the wrong form is refused without being repeated", async () => {
  assert.deepEqual(await problemsOf({ env: { WEIR_SECRET: "hunter2" } }), [
    "environment WEIR_SECRET: must be 32 bytes, as 64 hex digits or base64. Make one with `openssl rand -hex 32`.",
  ]);
});

test("a folder made with one secret opens with another only where WEIR_SECRET_PREVIOUS is the first, and then belongs to the new one", async () => {
  const cwd = await makeFolder();
  const first = await loadIn({ cwd });
  const old = Buffer.from(first.secret).toString("hex");
  const [problem = ""] = await problemsOf({ cwd, env: { WEIR_SECRET: OTHER, WEIR_SECRET_PREVIOUS: HEX } });
  assert.match(problem, /is not the secret that the data folder/);
  assert.match(
    (await problemsOf({ cwd, env: { WEIR_SECRET: OTHER, WEIR_SECRET_PREVIOUS: "short" } })).join(),
    /WEIR_SECRET_PREVIOUS: must be 32 bytes/,
  );
  const changed = await loadIn({ cwd, env: { WEIR_SECRET: OTHER, WEIR_SECRET_PREVIOUS: old } });
  assert.deepEqual([Buffer.from(changed.secret).toString("hex"), Buffer.from(changed.secretPrevious ?? []).toString("hex")], [OTHER, old]);
  assert.equal((await loadIn({ cwd, env: { WEIR_SECRET: OTHER } })).secretPrevious, undefined);
  assert.match((await problemsOf({ cwd, env: { WEIR_SECRET: old } })).join(), /is not the secret/);
});
