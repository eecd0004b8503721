import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const made: string[] = [];
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true })));

const LOCK = {
  packages: {
    "": {},
    "node_modules/alpha": { version: "1.0.0" },
    "node_modules/bun": { version: "1.0.0" },
    "node_modules/beta": { version: "2.0.0", dev: true },
    "node_modules/gamma": { version: "3.0.0", optional: true, os: ["nowhere"] },
  },
};

/** A project of two scripts and a lock file, with an `npm` that notes how it was called and puts the packages that it is told to. */
function createProject(present: Readonly<Record<string, string>>, npm: { readonly ciFails?: boolean } = {}) {
  const base = mkdtempSync(join(tmpdir(), "install-"));
  made.push(base);
  for (const folder of ["bin", "tools", "fake"]) mkdirSync(join(base, folder));
  copyFileSync(join(root, "bin/run-bun.mjs"), join(base, "bin/run-bun.mjs"));
  copyFileSync(join(root, "tools/install.mjs"), join(base, "tools/install.mjs"));
  writeFileSync(join(base, "package-lock.json"), JSON.stringify(LOCK));
  const put = (name: string, version: string): string =>
    `mkdir -p node_modules/${name} && echo '{"name":"${name}","version":"${version}"}' > node_modules/${name}/package.json`;
  const packages = [put("alpha", "1.0.0"), put("bun", "1.0.0"), `case "$*" in *omit=dev*) ;; *) ${put("beta", "2.0.0")} ;; esac`];
  const bun = `mkdir -p node_modules/bun/bin && cp -f ${join(base, "fake/runtime")} node_modules/bun/bin/bun.exe 2>/dev/null || true`;
  writeFileSync(join(base, "fake/runtime"), Buffer.alloc(1_000_000));
  const script = [
    "#!/bin/sh",
    `cd ${base}`,
    `echo "$*" >> calls`,
    npm.ciFails === true ? 'case "$1" in ci) exit 1 ;; esac' : "",
    ...packages,
    bun,
  ];
  writeFileSync(join(base, "fake/npm"), `${script.join("\n")}\n`);
  chmodSync(join(base, "fake/npm"), 0o755);
  for (const [name, version] of Object.entries(present)) {
    mkdirSync(join(base, "node_modules", name, "bin"), { recursive: true });
    writeFileSync(join(base, "node_modules", name, "package.json"), JSON.stringify({ name, version }));
    if (name === "bun") symlinkSync(join(base, "fake/runtime"), join(base, "node_modules/bun/bin/bun.exe"));
  }
  return {
    run: (...args: string[]) =>
      spawnSync("node", [join(base, "tools/install.mjs"), ...args], {
        encoding: "utf8",
        env: { ...process.env, PATH: `${join(base, "fake")}:${process.env["PATH"] ?? ""}` },
      }),
    calls: () => (existsSync(join(base, "calls")) ? readFileSync(join(base, "calls"), "utf8").trim().split("\n") : []),
  };
}

describe("install", () => {
  test("does nothing and says nothing when all is there", () => {
    const project = createProject({ alpha: "1.0.0", bun: "1.0.0", beta: "2.0.0" });
    const { status, stdout, stderr } = project.run();
    assert.deepEqual([status, stdout, stderr, project.calls()], [0, "", "", []]);
  });

  test("runs npm ci when a package is absent, and says which", () => {
    const project = createProject({ alpha: "1.0.0", bun: "1.0.0" });
    const { status, stderr } = project.run();
    assert.equal(status, 0, stderr);
    assert.match(stderr, /installing 1 packages \(beta\)/);
    assert.match(project.calls().join("|"), /^ci --include=dev [^|]*$/);
  });

  test("takes another version than the lock file's for absent", () => {
    const project = createProject({ alpha: "0.9.0", bun: "1.0.0", beta: "2.0.0" });
    assert.equal(project.run().status, 0);
    assert.equal(project.calls().length, 1);
  });

  test("--runtime does not miss development packages", () => {
    const project = createProject({ alpha: "1.0.0", bun: "1.0.0" });
    assert.equal(project.run("--runtime").status, 0);
    assert.deepEqual(project.calls(), []);
  });

  test("--runtime installs without development packages where there are none, and keeps them where there are", () => {
    const fresh = createProject({});
    assert.equal(fresh.run("--runtime").status, 0);
    assert.match(fresh.calls().join("|"), /^ci --omit=dev /);
    const used = createProject({ beta: "2.0.0", bun: "1.0.0" });
    assert.equal(used.run("--runtime").status, 0);
    assert.match(used.calls().join("|"), /^ci --include=dev /);
  });

  test("falls back to npm install where npm ci refuses the lock file", () => {
    const project = createProject({}, { ciFails: true });
    assert.equal(project.run().status, 0);
    assert.match(project.calls().join("|"), /^ci [^|]*\|install --include=dev --no-save --no-package-lock /);
  });
});

describe("running Bun from Node", () => {
  /** `bin/run-bun.mjs` on a small program, as a child process. */
  function runProgram(program: string) {
    const base = mkdtempSync(join(tmpdir(), "run-bun-"));
    made.push(base);
    writeFileSync(join(base, "program.ts"), program);
    writeFileSync(
      join(base, "start.mjs"),
      `import { runBun } from ${JSON.stringify(join(root, "bin/run-bun.mjs"))};\nrunBun([process.argv[2], "a b"]);\n`,
    );
    return spawn("node", [join(base, "start.mjs"), join(base, "program.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  }
  const ended = (child: ReturnType<typeof runProgram>): Promise<number | null> => new Promise((resolve) => child.once("exit", resolve));

  test("arguments and exit code are passed", async () => {
    assert.equal(await ended(runProgram('process.exit(process.argv[2] === "a b" ? 7 : 1);')), 7);
  });

  test("SIGTERM reaches it, and its own exit code comes back", async () => {
    const child = runProgram('process.on("SIGTERM", () => process.exit(5));\nconsole.log("ready");\nsetInterval(() => {}, 1000);');
    child.stdout.once("data", () => child.kill("SIGTERM"));
    assert.equal(await ended(child), 5);
  });

  test("a death by signal is told as 128 and the signal's number", async () => {
    assert.equal(await ended(runProgram('process.kill(process.pid, "SIGKILL");')), 137);
  });
});
