import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/index.ts";
import type { CliDeps } from "./command.ts";
import { makeFolder, runCli } from "./testing.ts";

type Serving = { readonly compose: CliDeps["compose"]; readonly configs: Config[]; readonly log: string[] };

/** A server that is told to stop as soon as it runs. */
function serveOnce(stop: AbortController, demo = false): Serving {
  const configs: Config[] = [];
  const log: string[] = [];
  return {
    configs,
    log,
    compose: async (config, mode) => {
      configs.push(config);
      log.push(`compose ${mode}`);
      queueMicrotask(() => stop.abort());
      return {
        url: "http://127.0.0.1:4321",
        demo: demo ? { tenantKey: "weir-demo", collection: "handbook" } : undefined,
        drain: async () => void log.push("drain"),
      };
    },
  };
}

test("serve says where it listens, waits until it is told to stop, drains, and ends well", async () => {
  const stop = new AbortController();
  const serving = serveOnce(stop);
  const { code, out, err } = await runCli(["serve", "--port", "0"], {
    signal: stop.signal,
    compose: serving.compose,
    env: { WEIR_ADMIN_KEY: "0123456789abcdef" },
  });
  assert.deepEqual({ code, out, err }, { code: 0, out: "weir listening on http://127.0.0.1:4321\n", err: "" });
  assert.deepEqual(serving.log, ["compose serve", "drain"]);
  assert.equal(serving.configs[0]?.port, 0);
  assert.equal(serving.configs[0]?.demo, false);
});

describe("keys are shown", () => {
  test("once: the admin key on the start that made it, and on no other", async () => {
    const cwd = await makeFolder();
    const start = async (): Promise<{ out: string; key: string }> => {
      const stop = new AbortController();
      const serving = serveOnce(stop);
      const { out } = await runCli(["serve"], { cwd, signal: stop.signal, compose: serving.compose });
      return { out, key: serving.configs[0]?.adminKey ?? "" };
    };
    const first = await start();
    assert.equal(
      first.out,
      `weir listening on http://127.0.0.1:4321\n\nAdmin key, shown once: ${first.key}\nIt is kept in ${join(cwd, "data")}/admin-key.\n`,
    );
    const second = await start();
    assert.equal(second.key, first.key);
    assert.equal(second.out, "weir listening on http://127.0.0.1:4321\n");
  });

  test("also when the start that made it failed", async () => {
    const cwd = await makeFolder();
    assert.equal((await runCli(["serve"], { cwd, compose: () => Promise.reject(new Error("No.")) })).code, 1);
    const stop = new AbortController();
    const { out } = await runCli(["serve"], { cwd, signal: stop.signal, compose: serveOnce(stop).compose });
    assert.match(out, /\nAdmin key, shown once: wadm-/);
  });

  test("for the demo on every start, with a curl whose body is JSON", async () => {
    const stop = new AbortController();
    const serving = serveOnce(stop, true);
    const { out } = await runCli(["serve", "--demo"], {
      signal: stop.signal,
      compose: serving.compose,
      env: { WEIR_ADMIN_KEY: "0123456789abcdef" },
    });
    assert.equal(serving.configs[0]?.demo, true);
    assert.match(out, /^weir listening on http:\/\/127\.0\.0\.1:4321\n/);
    assert.match(out, /Demo tenant key: weir-demo/);
    assert.match(out, /curl http:\/\/127\.0\.0\.1:4321\/v1\/chat\/completions/);
    const body: unknown = JSON.parse(/-d '(.*)'/.exec(out)?.[1] ?? "");
    assert.deepEqual(Object.keys(body as object), ["model", "messages", "rag"]);
    assert.deepEqual((body as { rag: unknown }).rag, { enabled: true, collection: "handbook" });
  });
});

describe("what stops a start is said in a sentence, with exit code 1:", () => {
  const cases: readonly (readonly [string, Error, string])[] = [
    [
      "a port in use",
      Object.assign(new Error("bind"), { code: "EADDRINUSE" }),
      "Another program listens on 127.0.0.1:8080. Choose another port with --port, or 0 for a free one.",
    ],
    [
      "an address of another machine",
      Object.assign(new Error("bind"), { code: "EADDRNOTAVAIL" }),
      "This machine has no address 127.0.0.1. Choose another with --host.",
    ],
    [
      "a name without an address",
      Object.assign(new Error("EINVAL: invalid argument, listen"), { code: "EINVAL", syscall: "listen" }),
      "There is no address 127.0.0.1. Choose another with --host.",
    ],
    [
      "a port of the system",
      Object.assign(new Error("bind"), { code: "EACCES" }),
      "This user may not listen on 127.0.0.1:8080. Ports below 1024 are the system's.",
    ],
    [
      "a file that is somebody else's",
      Object.assign(new Error("open"), { code: "EACCES", path: "/var/lib/weir/journal" }),
      "This user may not use /var/lib/weir/journal.",
    ],
    ["what a part says itself", new Error("The data folder is in use by process 7."), "The data folder is in use by process 7."],
  ];
  for (const [name, error, expected] of cases) {
    test(name, async () => {
      const { code, err, out } = await runCli(["serve"], { compose: () => Promise.reject(error) });
      assert.deepEqual([code, err, out], [1, `weir: The server could not start. ${expected}\n`, ""]);
    });
  }
  test("but a bug is not explained away", async () => {
    await assert.rejects(runCli(["serve"], { compose: () => Promise.reject(new TypeError("x is not a function")) }), TypeError);
  });
});

test("warnings go to standard error, and problems end the start with exit code 2 before anything is composed", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "weir.yaml"), "fallback: true\n");
  const stop = new AbortController();
  const serving = serveOnce(stop);
  const warned = await runCli(["serve"], {
    cwd,
    signal: stop.signal,
    compose: serving.compose,
    env: { OPENAI_API_KEY: "x", WEIR_ADMIN_KEY: "0123456789abcdef" },
  });
  assert.equal(warned.err, "weir: warning: environment OPENAI_API_KEY: is set, but weir.yaml does not refer to it, so it does nothing.\n");

  await writeFile(join(cwd, "weir.yaml"), "fallbck: true\nserver: { port: x }\n");
  const failed = await runCli(["serve"], { cwd });
  assert.equal(failed.code, 2);
  assert.equal(failed.out, "");
  assert.equal(
    failed.err,
    `weir cannot start: there are 2 problems in its configuration.
  weir.yaml:1:1 fallbck: is not a setting. Did you mean "fallback"?
  weir.yaml:2:17 server.port: expected a whole number from 0 to 65535, got text.
`,
  );
});
