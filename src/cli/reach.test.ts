import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/index.ts";
import { ADMIN_KEY, type FakeServer, lockedBy, makeFolder, ONE_TENANT, runCli, startFakeServer } from "./testing.ts";

let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer(ONE_TENANT);
});
afterAll(() => server.close());

const keyUsed = (): string | undefined => server.seen.at(-1)?.key;

describe("a command finds its server", () => {
  test("at --url, with --key as it is, from the environment, or from a file", async () => {
    const cwd = await makeFolder();
    await writeFile(join(cwd, "key.txt"), "from-file-key\n");
    for (const [key, env, expected] of [
      ["literal-key", {}, "literal-key"],
      ["env:MY_KEY", { MY_KEY: "from-env-key" }, "from-env-key"],
      ["file:key.txt", {}, "from-file-key"],
      [undefined, { WEIR_ADMIN_KEY: ADMIN_KEY }, ADMIN_KEY],
    ] as const) {
      const argv = ["tenant", "list", "--url", `${server.url}/`, ...(key === undefined ? [] : ["--key", key])];
      assert.equal((await runCli(argv, { cwd, env })).code, 0);
      assert.equal(keyUsed(), expected);
    }
  });

  test("but not in a folder of somebody else, which is said in a sentence", async () => {
    const findServer = () => Promise.reject(Object.assign(new Error("no"), { code: "EACCES", path: "/var/lib/weir/lock" }));
    for (const argv of [["tenant", "list"], ["doctor"]]) {
      const { code, err } = await runCli(argv, { cwd: await makeFolder(), findServer });
      assert.deepEqual([code, err], [1, "weir: This user may not use /var/lib/weir/lock.\n"]);
    }
  });

  test("by the lock of the data folder, with the folder's own admin key, or the one in the environment", async () => {
    const cwd = await makeFolder();
    await mkdir(join(cwd, "data"));
    await writeFile(join(cwd, "data", "admin-key"), `${ADMIN_KEY}\n`);
    const asked: string[] = [];
    const findServer = async (dataDir: string) => {
      asked.push(dataDir);
      return { pid: 1, url: server.url, key: undefined };
    };
    assert.equal((await runCli(["tenant", "list"], { cwd, findServer })).code, 0);
    assert.deepEqual(asked, [join(cwd, "data")]);
    assert.equal(keyUsed(), ADMIN_KEY);
    assert.equal(
      (await runCli(["tenant", "list", "--data", "data"], { cwd, findServer, env: { WEIR_ADMIN_KEY: "key-of-the-environment" } })).code,
      0,
    );
    assert.equal(keyUsed(), "key-of-the-environment");
    const withToken = lockedBy(server.url, "key-of-this-start");
    assert.equal((await runCli(["tenant", "list"], { cwd, findServer: withToken, env: { WEIR_ADMIN_KEY: "of-another-server" } })).code, 0);
    assert.equal(keyUsed(), "key-of-this-start");
    const everywhere = lockedBy(server.url.replace("127.0.0.1", "0.0.0.0"), "key-of-everywhere");
    const urls: string[] = [];
    const note = (url: string, init: RequestInit): Promise<Response> => {
      urls.push(url);
      return fetch(url, init);
    };
    assert.equal((await runCli(["tenant", "list"], { cwd, findServer: everywhere, fetch: note })).code, 0);
    assert.deepEqual(urls, [`${server.url}/admin/v1/tenants`]);
  });

  test("by making one for itself where none runs, and draining it afterwards, also when the command fails", async () => {
    const cwd = await makeFolder();
    await mkdir(join(cwd, "data"));
    const configs: Config[] = [];
    let drained = 0;
    const compose = async (config: Config) => {
      configs.push(config);
      return { url: server.url, drain: async () => void drained++ };
    };
    assert.equal((await runCli(["tenant", "list"], { cwd, compose })).code, 0);
    assert.deepEqual([configs[0]?.host, configs[0]?.port, configs[0]?.dataDir], ["127.0.0.1", 0, join(cwd, "data")]);
    assert.equal(keyUsed(), (await readFile(join(cwd, "data", "admin-key"), "utf8")).trim());
    assert.equal(drained, 1);
    assert.equal((await runCli(["key", "list", "--tenant", "nobody"], { cwd, compose })).code, 1);
    assert.equal(drained, 2);
  });
});

describe("a command that finds no server says so in a sentence:", () => {
  test("no data folder", async () => {
    const cwd = await makeFolder();
    const { code, err } = await runCli(["tenant", "list"], { cwd });
    assert.equal(code, 1);
    assert.equal(
      err,
      `weir: There is no data folder ${join(cwd, "data")}, and no server runs on it. Start one with \`weir serve --data ${join(cwd, "data")}\`, or name another with --data or --url.\n`,
    );
  });
  test("a server that has the folder and does not answer yet", async () => {
    const cwd = await makeFolder();
    const { code, err } = await runCli(["tenant", "list"], { cwd, findServer: lockedBy(undefined) });
    assert.deepEqual(
      [code, err],
      [1, `weir: The data folder ${join(cwd, "data")} is in use by process 4711, which does not answer yet. Try again.\n`],
    );
  });
  test("nothing listens at the address", async () => {
    const gone = await startFakeServer({});
    await gone.close();
    const { code, err } = await runCli(["tenant", "list", "--url", gone.url, "--key", "k"]);
    assert.equal(code, 1);
    assert.match(err, /^weir: No server answers at http:\/\/127\.0\.0\.1:\d+ \(\w+\)\.\n$/);
  });
  test("an address or key that is none", async () => {
    assert.match((await runCli(["tenant", "list", "--url", "localhost:8080"])).err, /--url must be an address/);
    assert.match((await runCli(["tenant", "list", "--url", server.url])).err, /--url needs a key/);
    assert.match(
      (await runCli(["tenant", "list", "--url", server.url, "--key", "env:NOPE"])).err,
      /the environment variable NOPE is not set/,
    );
    assert.match((await runCli(["tenant", "list", "--url", server.url, "--key", "file:nope"])).err, /nope cannot be read, or is empty/);
  });
  test("the server does not take the key of the folder", async () => {
    const strict = await startFakeServer({
      "GET /admin/v1/tenants": { status: 401, json: { error: { message: "The API key is not known.", param: null } } },
    });
    const cwd = await makeFolder();
    await mkdir(join(cwd, "data"));
    await writeFile(join(cwd, "data", "admin-key"), `${ADMIN_KEY}\n`);
    const { code, err } = await runCli(["tenant", "list"], { cwd, findServer: lockedBy(strict.url) });
    assert.equal(code, 1);
    assert.match(err, /does not take this admin key\. Set WEIR_ADMIN_KEY to the one that it was started with\.\n$/);
    await strict.close();
  });
  test("the server is something else", async () => {
    const other = await startFakeServer({ "GET /admin/v1/tenants": { json: { hello: 1 } } });
    const { code, err } = await runCli(["usage", "--url", other.url, "--key", "k"]);
    assert.equal(code, 1);
    assert.equal(err, "weir: Nothing at /admin/v1/usage?limit=20.\n");
    await other.close();
  });
});

test("a refusal is told in the server's words, with the field, and without what a terminal would obey", async () => {
  const strict = await startFakeServer({
    "POST /admin/v1/tenants": { status: 400, json: { error: { message: "expected lower-case \u001b[31mletters", param: "slug" } } },
  });
  const { code, err } = await runCli(["tenant", "create", "Acme", "--url", strict.url, "--key", "k"]);
  assert.equal(code, 1);
  assert.equal(err, "weir: expected lower-case [31mletters (slug)\n");
  await strict.close();
});
