import { test } from "bun:test";
import assert from "node:assert/strict";
import { loadIn, problemsOf } from "./testing.ts";

const s3 = (more = "") =>
  `objects: { kind: s3, bucket: weir, region: eu-west-1, accessKeyId: env:S3_ID, secretAccessKey: env:S3_KEY${more} }\n`;
const env = { S3_ID: "id", S3_KEY: "s3-secret-4711", VAULT: "s.4711" };

test("without a word about objects they are in a folder, under the secret, and no span is made", async () => {
  const { objects, telemetry } = await loadIn({});
  assert.deepEqual(objects, { kind: "folder", kms: undefined });
  assert.deepEqual(telemetry, { traces: undefined, metrics: undefined });
});

test("a bucket has an address of AWS unless told, and its prefix ends in a slash", async () => {
  const { objects } = await loadIn({ yaml: s3(", prefix: weir/prod"), env });
  assert.deepEqual(objects, {
    kind: "s3",
    bucket: "weir",
    region: "eu-west-1",
    endpoint: "https://s3.eu-west-1.amazonaws.com",
    prefix: "weir/prod/",
    accessKeyId: "id",
    secretAccessKey: "s3-secret-4711",
    kms: undefined,
  });
  const own = await loadIn({ yaml: s3(", endpoint: 'http://127.0.0.1:9000/'"), env });
  assert.equal(own.objects.kind === "s3" && own.objects.endpoint, "http://127.0.0.1:9000");
});

test("what is missing or wrong is told with its place, and no secret is quoted", async () => {
  const cases: [string, RegExp][] = [
    [
      s3().replace("env:S3_KEY", "env:S3_KEI"),
      /objects\.secretAccessKey: the environment variable S3_KEI is not set\. Did you mean "S3_KEY"/,
    ],
    [s3().replace("bucket: weir", "bucket: Weir_1"), /objects\.bucket/],
    [s3().replace("region: eu-west-1, ", ""), /objects/],
    [s3(", endpoint: 'https://id:s3-secret-4711@host'"), /objects\.endpoint: expected an address/],
    [s3(", prefix: '../up'"), /objects\.prefix/],
    [
      s3(", kms: { kind: vault-transit, address: 'http://v:8200', key: weir, token: env:VAULD }"),
      /objects\.kms\.token: .*Did you mean "VAULT"/,
    ],
    ["objects: { kind: folder, kms: { kind: secret, secret: env:S3_KEY } }", /objects\.kms\.secret: must be 32 bytes/],
    ["telemetry: { traces: { endpoint: 'collector:4318' } }", /telemetry\.traces\.endpoint/],
    ["telemetry: { traces: { endpoint: 'http://c:4318', sampleRatio: 2 } }", /telemetry\.traces\.sampleRatio/],
    ["telemetry: { metrics: { endpoint: 'http://c:4318', everySeconds: 0 } }", /telemetry\.metrics\.everySeconds/],
    ["telemetry: { metrics: { endpoint: 'http://c:4318', everySeconds: 3601 } }", /telemetry\.metrics\.everySeconds/],
    ["telemetry: { metrics: { endpoint: 'http://c:4318', headers: { a: env:VAULD } } }", /telemetry\.metrics\.headers\.a.*VAULT/],
  ];
  for (const [yaml, expected] of cases) {
    const problems = (await problemsOf({ yaml, env })).join("\n");
    assert.match(problems, expected, yaml);
    assert.ok(!problems.includes("4711"), problems);
  }
});

test("headers of the collector come from the environment, and the key service's settings too", async () => {
  const yaml = `${s3(", kms: { kind: vault-transit, address: 'http://v:8200/', key: weir, token: env:VAULT }")}telemetry: { traces: { endpoint: 'http://c:4318', headers: { Authorization: env:VAULT, x-a: plain } }, metrics: { endpoint: 'http://d:4318/', everySeconds: 5, serviceName: w } }\n`;
  const { objects, telemetry } = await loadIn({ yaml, env });
  assert.deepEqual(objects.kms, {
    kind: "vault-transit",
    address: "http://v:8200",
    mount: "transit",
    key: "weir",
    token: "s.4711",
    namespace: undefined,
  });
  assert.deepEqual(telemetry.traces, {
    endpoint: "http://c:4318",
    headers: { authorization: "s.4711", "x-a": "plain" },
    sampleRatio: 0.1,
    serviceName: "weir",
  });
  assert.deepEqual(telemetry.metrics, { endpoint: "http://d:4318", headers: {}, everyMs: 5000, serviceName: "w" });
});
