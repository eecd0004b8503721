import { test } from "bun:test";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startFakeServer, makeFolder, runCli } from "./testing.ts";

const yamlOf = (url: string): string => `
providers:
  local: { kind: openai, baseUrl: "${url}/v1", trust: private }
models:
  m: { provider: local, upstream: mock }
`;

test("a configuration that cannot be read is told problem by problem, and nothing else is looked at", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "weir.yaml"), "providers: { a: { kind: openai } }\nmodels: { m: { provider: b, upstream: x } }\n");
  const { code, out } = await runCli(["doctor"], { cwd });
  assert.equal(code, 1);
  assert.match(out, /PROBLEM {2}configuration: weir\.yaml:1:\d+ providers\.a\.baseUrl/);
  assert.doesNotMatch(out, /disk/);
});

test("a provider that is away is a problem with what to do; one that answers is none", async () => {
  const cwd = await makeFolder();
  const server = await startFakeServer({ "GET /v1/models": { json: { data: [] } } });
  await writeFile(join(cwd, "weir.yaml"), yamlOf(server.url));
  const well = await runCli(["doctor"], { cwd });
  assert.deepEqual([well.code, /ok {7}provider local: answers/.test(well.out)], [0, true], well.out);
  assert.match(well.out, /ok {7}disk: .* GiB free/);
  await server.close();
  const ill = await runCli(["doctor"], { cwd });
  assert.equal(ill.code, 1);
  assert.match(ill.out, /PROBLEM {2}provider local: .*\(target_down\)\n {10}→ Is it running/);
});

test("metrics of a vLLM server are looked at, and a server without any is warned of", async () => {
  const cwd = await makeFolder();
  const metrics = { stream: ["vllm:num_requests_running 3\nvllm:num_requests_waiting 7\n"] };
  const models = { "GET /v1/models": { json: { data: [] } } };
  const told = async (routes: Parameters<typeof startFakeServer>[0]): Promise<{ code: number; out: string }> => {
    const server = await startFakeServer(routes);
    await writeFile(join(cwd, "weir.yaml"), yamlOf(server.url).replace("kind: openai", "kind: openai, engine: vllm"));
    const { code, out } = await runCli(["doctor"], { cwd });
    await server.close();
    return { code, out };
  };
  const well = await told({ ...models, "GET /metrics": metrics });
  assert.deepEqual([well.code, /ok {7}provider local metrics: 3 running, 7 waiting/.test(well.out)], [0, true], well.out);
  // Calls are answered all the same, so it is no problem that fails the command.
  const hidden = await told(models);
  assert.equal(hidden.code, 0);
  assert.match(
    hidden.out,
    /warning {2}provider local metrics: cannot be read: the server has nothing at \/metrics \(target_missing\)\n {10}→ GET \/metrics beside the API/,
  );
  const other = await told({ ...models, "GET /metrics": { stream: ["http_requests_total 5\n"] } });
  assert.match(other.out, /warning {2}provider local metrics: what \/metrics answers is not vLLM's/);
});

test("an object store that is away is a problem with what to do, and its secret is not printed", async () => {
  const cwd = await makeFolder();
  const gone = await startFakeServer({});
  await gone.close();
  await writeFile(
    join(cwd, "weir.yaml"),
    `objects: { kind: s3, bucket: weir, endpoint: "${gone.url}", region: eu-test-1, accessKeyId: env:S3_ID, secretAccessKey: env:S3_KEY }\n`,
  );
  const { code, out, err } = await runCli(["doctor"], { cwd, env: { S3_ID: "id-4711", S3_KEY: "secret-4711" } });
  assert.equal(code, 1);
  assert.match(
    out,
    /PROBLEM {2}object store: bucket weir at http:.*: an object could not be written: .*\n {10}→ Is it running, and is objects\.endpoint right/,
  );
  assert.ok(!`${out}${err}`.includes("4711"));
});
