import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import { createFindings } from "./problem.ts";
import { readLlama } from "./llama.ts";
import { loadConfig } from "./load-config.ts";
import { ConfigError, renderProblem } from "./problem.ts";
import { fileSchema } from "./schema.ts";
import { parseYamlFile } from "./yaml-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-llama-config-"));
  await writeFile(join(folder, "base.gguf"), "GGUF");
  await writeFile(join(folder, "legal.gguf"), "GGUF");
  await writeFile(join(folder, "page.gguf"), "<htm");
  await writeFile(join(folder, "later.gguf"), Buffer.concat([Buffer.from("GGUF"), Buffer.from([4, 0, 0, 0])]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (yaml: string) =>
  loadConfig({ flags: { data: join(folder, "data") }, env: {}, cwd: folder, inline: { name: "weir.yaml", text: yaml } });
async function problemsOf(yaml: string): Promise<readonly string[]> {
  try {
    await load(yaml);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}

test("one line is a model: it has the provider's name, and each adapter its own", async () => {
  const { models, providers } = await load(`providers:
  cpu: { kind: llama, model: ./base.gguf, adapters: { legal: ./legal.gguf }, trust: private }
`);
  assert.deepEqual(
    models.map(({ name, provider, upstream, contextTokens }) => [name, provider, upstream, contextTokens]),
    [
      ["cpu", "cpu", "base", 4096],
      ["legal", "cpu", "legal", 4096],
    ],
  );
  const cpu = providers[0];
  assert.ok(cpu?.kind === "llama");
  assert.equal(cpu.model, join(folder, "base.gguf"));
  assert.ok(cpu.threads >= 1);
});

test("a file that is missing, or no model, is named at the start with what to do", async () => {
  const missing = await problemsOf("providers:\n  cpu: { kind: llama, model: ./none.gguf, trust: private }\n");
  const path = join(folder, "none.gguf");
  assert.deepEqual(missing, [
    `weir.yaml:2:30 providers.cpu.model: there is no file ${path}. Put it there, or fetch one: weir models pull hf:USER/REPOSITORY/FILE.gguf --out ${path}`,
  ]);
  for (const name of ["page", "later"]) {
    const [problem] = await problemsOf(`providers:\n  cpu: { kind: llama, model: ./${name}.gguf, trust: private }\n`);
    assert.match(problem ?? "", new RegExp(`${name}\\.gguf is no GGUF file\\.`));
  }
  const upstream = await problemsOf(
    "providers:\n  cpu: { kind: llama, model: ./base.gguf, trust: private }\nmodels:\n  m: { provider: cpu, upstream: bse }\n",
  );
  assert.match(upstream[0] ?? "", /upstream: .*"base"/);
});

test("without the optional package the problem says the command that installs it", async () => {
  const yaml = parseYamlFile("providers:\n  cpu: { kind: llama, model: ./base.gguf, trust: private }\n", "weir.yaml");
  const value = fileSchema.parse(yaml.value);
  const findings = createFindings();
  const cpu = value.providers["cpu"];
  assert.ok(cpu?.kind === "llama");
  const source = { value, placeOf: yaml.placeOf, file: "weir.yaml", baseDir: folder, env: {}, usedEnv: new Set<string>(), findings };
  await readLlama("cpu", cpu, source, () => false);
  assert.deepEqual(findings.problems.map(renderProblem), [
    "weir.yaml:2:16 providers.cpu.kind: models in the server (kind llama) need the optional package node-llama-cpp, which is not installed. In Weir's folder: npm install --include=optional",
  ]);
});

test("threads, contexts and the queue are bounded, with the reason told", async () => {
  for (const [setting, bad] of [
    ["threads", 0],
    ["contexts", 65],
    ["queue", 10_001],
    ["contextTokens", 255],
  ] as const) {
    const [problem] = await problemsOf(
      `providers:\n  cpu: { kind: llama, model: ./base.gguf, trust: private, ${setting}: ${String(bad)} }\n`,
    );
    assert.match(problem ?? "", new RegExp(`providers\\.cpu\\.${setting}: `));
  }
});
