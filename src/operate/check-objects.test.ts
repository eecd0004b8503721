import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectsConfig, VaultConfig } from "../config/index.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Fetch } from "../kernel/outbound.ts";
import { createDataKeys } from "../object/index.ts";
import { checkObjects } from "./check-objects.ts";
import { openObjectStore } from "./object-store.ts";

const VAULT_SECRET = "s.vault-canary";
const S3_SECRET = "s3-secret-canary";
const vault: VaultConfig = {
  kind: "vault-transit",
  address: "http://vault:8200",
  mount: "transit",
  key: "weir",
  token: VAULT_SECRET,
  namespace: undefined,
};
const bucket: ObjectsConfig = {
  kind: "s3",
  bucket: "weir",
  endpoint: "http://s3:9000",
  region: "eu-test-1",
  prefix: "",
  accessKeyId: "id",
  secretAccessKey: S3_SECRET,
  kms: undefined,
};
type Refuse = (method: string, path: string) => { status: number; code?: string } | "away" | undefined;

/** A bucket and a transit engine that keep what they are given, but for what `refuse` says. */
function createServices(refuse: Refuse = () => undefined) {
  const held = new Map<string, Uint8Array>();
  /** What the transit engine has done with a name: here it only writes it down. */
  const transit = (operation: string, body: Record<string, string>): Response => {
    const said = (data: object): Response => Response.json({ data });
    if (operation === "encrypt")
      return said({
        ciphertext: `vault:v1:${Buffer.from(JSON.stringify([body["plaintext"], body["associated_data"]])).toString("base64")}`,
      });
    const [plaintext, context] = JSON.parse(Buffer.from(body["ciphertext"]?.slice(9) ?? "", "base64").toString()) as [string, string];
    return context === body["associated_data"] ? said({ plaintext }) : new Response("", { status: 400 });
  };
  const fetch: Fetch = async (address, init) => {
    const url = new URL(address);
    const method = init.method ?? "GET";
    const refusal = refuse(method, url.pathname);
    if (refusal === "away") throw new TypeError(`connect failed ${S3_SECRET} ${VAULT_SECRET}`);
    if (refusal !== undefined)
      return new Response(`<Error><Code>${refusal.code ?? "Other"}</Code><Message>${S3_SECRET}</Message></Error>`, {
        status: refusal.status,
      });
    if (url.hostname === "vault")
      return transit(url.pathname.split("/")[3] ?? "", JSON.parse(init.body as string) as Record<string, string>);
    const path = decodeURIComponent(url.pathname.replace("/weir", "").slice(1));
    if (url.searchParams.has("list-type")) {
      const prefix = url.searchParams.get("prefix") ?? "";
      return new Response(
        [...held.keys()]
          .filter((key) => key.startsWith(prefix))
          .toSorted()
          .map((key) => `<Key>${key}</Key>`)
          .join(""),
      );
    }
    if (method === "PUT") held.set(path, new Uint8Array(init.body as Buffer));
    if (method === "DELETE") return new Response(null, { status: held.delete(path) ? 204 : 404 });
    const bytes = held.get(path);
    return bytes === undefined ? new Response("<Code>NoSuchKey</Code>", { status: 404 }) : new Response(Buffer.from(bytes));
  };
  return { held, fetch };
}

const clock = createFakeClock(1_800_000_000_000);
const configOf = (objects: ObjectsConfig, dataDir = "/nowhere") => ({
  objects,
  dataDir,
  secret: new Uint8Array(32).fill(1),
  secretPrevious: undefined,
});
const look = async (objects: ObjectsConfig, fetch: Fetch, dataDir?: string) => {
  const findings = await checkObjects({ clock, fetch }, configOf(objects, dataDir));
  assert.ok(!JSON.stringify(findings).includes("canary"), "a secret is told");
  return findings.map(({ state, about, say, todo }) => `${state} ${about}: ${say}${todo === undefined ? "" : ` → ${todo}`}`);
};

test("a bucket and a key service that are well are told so, and nothing stays behind", async () => {
  const { held, fetch } = createServices();
  const told = await look({ ...bucket, kms: vault }, fetch);
  assert.deepEqual(told, [
    "ok key service: vault:transit/weir at http://vault:8200 wraps and unwraps",
    "ok object store: bucket weir at http://s3:9000: an encrypted object was written, read and deleted",
    "ok data keys: none yet",
  ]);
  assert.equal(held.size, 0);
});

test("the probe is encrypted where it lies", async () => {
  const bodies: Uint8Array[] = [];
  const { fetch } = createServices();
  await look(bucket, (url, init) => {
    if (init.method === "PUT") bodies.push(new Uint8Array(init.body as Buffer));
    return fetch(url, init);
  });
  assert.equal(
    Buffer.from(bodies[0] ?? [])
      .subarray(0, 8)
      .toString(),
    "WEIRENC2",
  );
});

/** What is wrong, and what must be said of it. */
const ILL: readonly (readonly [name: string, Refuse, RegExp])[] = [
  [
    "the store is away",
    (_, path) => (path.startsWith("/weir") ? "away" : undefined),
    /^problem object store: .*written.* → Is it running, and is objects\.endpoint/,
  ],
  [
    "no bucket",
    (_, path) => (path.startsWith("/weir") ? { status: 404, code: "NoSuchBucket" } : undefined),
    /no such bucket.* → Make the bucket/,
  ],
  [
    "no right to write",
    (method) => (method === "PUT" ? { status: 403, code: "AccessDenied" } : undefined),
    /written: .*may not do this.* → .*PutObject/,
  ],
  [
    "no right to read",
    (method, path) => (method === "GET" && path.startsWith("/weir/probes") ? { status: 403, code: "AccessDenied" } : undefined),
    /could not be read: .* → .*GetObject/,
  ],
  [
    "no right to delete",
    (method) => (method === "DELETE" ? { status: 403, code: "AccessDenied" } : undefined),
    /could not be deleted: .* → .*DeleteObject/,
  ],
  [
    "no right to list",
    (_, path) => (path === "/weir" ? { status: 403, code: "AccessDenied" } : undefined),
    /^problem data keys: .*may not do this/,
  ],
  [
    "a wrong signature",
    (_, path) => (path.startsWith("/weir") ? { status: 403, code: "SignatureDoesNotMatch" } : undefined),
    /secretAccessKey or objects\.region/,
  ],
  [
    "a clock that is wrong",
    (_, path) => (path.startsWith("/weir") ? { status: 403, code: "RequestTimeTooSkewed" } : undefined),
    /clock is wrong.* → Let this machine follow NTP/,
  ],
  [
    "a store that is ill",
    (_, path) => (path.startsWith("/weir") ? { status: 500 } : undefined),
    /^problem object store: .*does not answer/,
  ],
  [
    "the key service is away",
    (_, path) => (path.startsWith("/v1") ? "away" : undefined),
    /^problem key service: .* → Is it running, and is objects\.kms\.address/,
  ],
  [
    "a token without rights",
    (_, path) => (path.startsWith("/v1") ? { status: 403 } : undefined),
    /token.* → .*policy lacks "update" on transit\/encrypt\/weir/,
  ],
  [
    "no right to unwrap",
    (_, path) => (path.includes("decrypt") ? { status: 403 } : undefined),
    /^problem key service: .*transit\/decrypt\/weir/,
  ],
  ["no transit engine", (_, path) => (path.startsWith("/v1") ? { status: 404 } : undefined), /→ Is the transit engine mounted at transit/],
  [
    "no transit key",
    (_, path) => (path.includes("encrypt") ? { status: 400 } : undefined),
    /→ Is there a transit key weir .* vault write -f transit\/keys\/weir/,
  ],
  ["a sealed vault", (_, path) => (path.startsWith("/v1") ? { status: 503 } : undefined), /→ It is sealed/],
];

test(`each of ${ILL.length} ways to be ill is told, with what to do and without a secret`, async () => {
  for (const [name, refuse, says] of ILL) {
    const told = await look({ ...bucket, kms: vault }, createServices(refuse).fetch);
    assert.ok(
      told.some((line) => line.startsWith("problem") && says.test(line)),
      `${name}: ${told.join("\n")}`,
    );
  }
  console.log(`# doctor: ${ILL.length} of ${ILL.length} ills of object store and key service told`);
});

test("a store that forgets or keeps, and a key service that does not tie a key to its name, are told", async () => {
  const { fetch } = createServices();
  const forgetful = await look(bucket, (url, init) => (init.method === "PUT" ? Promise.resolve(new Response()) : fetch(url, init)));
  assert.match(forgetful.join("\n"), /problem object store: what was written .* is not there/);
  const keeping = await look(bucket, (url, init) =>
    init.method === "DELETE" ? Promise.resolve(new Response(null, { status: 204 })) : fetch(url, init),
  );
  assert.match(keeping.join("\n"), /problem object store: what was deleted .* is still there/);
  const loose = await look({ kind: "folder", kms: vault }, (url, init) => {
    const body = JSON.parse(init.body as string) as Record<string, string>;
    return fetch(url, { ...init, body: JSON.stringify({ ...body, associated_data: "" }) });
  });
  assert.match(loose.join("\n"), /problem key service: .* unwraps a key for what it was not wrapped for → .*aes256-gcm96/);
});

test("a store whose keys were wrapped under another secret is told before anybody asks for a file", async () => {
  const { fetch } = createServices();
  const old = openObjectStore(
    { fetch, nowMs: clock.nowMs, wait: () => Promise.resolve() },
    { ...configOf(bucket), secret: new Uint8Array(32).fill(9) },
  );
  await createDataKeys({ ...old, nowMs: clock.nowMs }).forWriting(tenantIds.make(1));
  assert.match((await look(bucket, fetch)).join("\n"), /problem data keys: .*another WEIR_SECRET.* → What is stored cannot be read/);
  const own = openObjectStore({ fetch, nowMs: clock.nowMs, wait: () => Promise.resolve() }, configOf(bucket));
  await createDataKeys({ ...own, nowMs: clock.nowMs }).forWriting(tenantIds.make(0));
  assert.match((await look(bucket, fetch)).join("\n"), /ok data keys: a stored one opens/);
});

test("a folder that is not there yet is not made by looking, and one that is there is left as it was", async () => {
  const { fetch } = createServices();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-doctor-"));
  assert.deepEqual(await look({ kind: "folder", kms: undefined }, fetch, dataDir), [
    "ok object store: a folder in the data folder, made with the first file",
  ]);
  assert.deepEqual(await readdir(dataDir), []);
  const { blobs } = openObjectStore(
    { fetch, nowMs: clock.nowMs, wait: () => Promise.resolve() },
    configOf({ kind: "folder", kms: undefined }, dataDir),
  );
  await blobs.put("files/x/y", new Uint8Array(1));
  assert.match((await look({ kind: "folder", kms: undefined }, fetch, dataDir)).join("\n"), /ok object store: .*written, read and deleted/);
  assert.deepEqual(await blobs.list("", { limit: 10 }), ["files/x/y"]);
});
