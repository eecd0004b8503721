import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Answers, makeFolder, runCli, type RunOptions, startFakeServer } from "./testing.ts";

/** Runs a command against a server that says `answers`; returns what was printed and asked. */
async function run(argv: readonly string[], answers: Answers, options: RunOptions = {}) {
  const server = await startFakeServer(answers);
  const printed = await runCli([...argv, "--url", server.url, "--key", "k"], options);
  await server.close();
  return { ...printed, seen: server.seen.map(({ method, path, body }) => ({ method, path, body })) };
}

describe("tenant", () => {
  test("create sends what was said and no more, and says what comes next", async () => {
    const answers = { "POST /admin/v1/tenants": { status: 201, json: { slug: "acme", name: "Acme Ltd" } } };
    const { code, out, seen } = await run(["tenant", "create", "acme", "--name", "Acme Ltd", "--tier", "gold"], answers);
    assert.equal(code, 0);
    assert.equal(out, "Tenant acme is made. Next: weir key create --tenant acme --name NAME\n");
    assert.deepEqual(seen, [{ method: "POST", path: "/admin/v1/tenants", body: { slug: "acme", name: "Acme Ltd", tier: "gold" } }]);
  });

  test("list reads all pages", async () => {
    const tenant = (slug: string) => ({ slug, name: slug.toUpperCase(), tier: null, region: "eu-west-1", contentPolicy: "none" });
    const { code, out, seen } = await run(["tenant", "list"], {
      "GET /admin/v1/tenants": ({ path }) =>
        path.includes("cursor=two")
          ? { json: { data: [tenant("b")], nextCursor: null } }
          : { json: { data: [tenant("a")], nextCursor: "two" } },
    });
    assert.equal(code, 0);
    assert.equal(
      out,
      "SLUG  NAME  TIER  REGION     CONTENT POLICY\na     A     -     eu-west-1  none\nb     B     -     eu-west-1  none\n",
    );
    assert.equal(seen.length, 2);
  });

  test("revoke asks a person for the name, and stops at anything else", async () => {
    const answers = { "DELETE /admin/v1/tenants/acme": { status: 202, json: { jobId: "job_1" } } };
    const asked = await run(["tenant", "revoke", "acme", "--no-wait"], answers, { interactive: true, stdin: ["acme "] });
    assert.deepEqual([asked.code, asked.out], [0, "It is being erased: job job_1.\n"]);
    const wrong = await run(["tenant", "revoke", "acme"], answers, { interactive: true, stdin: ["y"] });
    assert.deepEqual([wrong.code, wrong.seen.length], [1, 0]);
    const ended = await run(["tenant", "revoke", "acme"], answers, { interactive: true, stdin: [] });
    assert.deepEqual([ended.code, ended.seen.length], [1, 0]);
    for (const options of [
      { interactive: true, flags: ["--yes"] },
      { interactive: false, flags: [] },
    ]) {
      const done = await run(["tenant", "delete", "acme", "--no-wait", ...options.flags], answers, options);
      assert.deepEqual([done.code, done.seen.length], [0, 1]);
    }
  });
});

describe("key", () => {
  const answers = { "POST /admin/v1/tenants/acme/keys": { status: 201, json: { id: "key_1", key: "weir-abc" } } };

  test("rotate sends the overlap in seconds, and says until when the old key works", async () => {
    const json = { id: "key_2", key: "weir-new", replaces: { expiresAt: "2027-01-02T00:00:00.000Z" } };
    const rotated = { "POST /admin/v1/tenants/acme/keys/key_1/rotate": { status: 201, json } };
    for (const [text, overlapSeconds] of [
      ["90", 90],
      ["15m", 900],
      ["24h", 86_400],
      ["7d", 604_800],
    ] as const) {
      const { code, out, err, seen } = await run(["key", "rotate", "key_1", "--tenant", "acme", "--overlap", text], rotated);
      assert.equal(code, 0);
      assert.equal(out, "id:  key_2\nkey: weir-new\n");
      assert.match(err, /key_1 works until 2027-01-02/);
      assert.deepEqual(seen[0]?.body, { overlapSeconds });
    }
    const wrong = await run(["key", "rotate", "key_1", "--tenant", "acme", "--overlap", "soon"], rotated);
    assert.deepEqual([wrong.code, wrong.seen.length], [2, 0]);
  });

  test("create sends every limit as a number and the expiry as a time", async () => {
    const argv =
      "key create --tenant acme --name ci --role tenant-admin --budget 12.5 --rpm 60 --tpm 1000 --models a,b --team web --expires 30d".split(
        " ",
      );
    const { code, out, err, seen } = await run(argv, answers);
    assert.equal(code, 0);
    assert.equal(out, "id:  key_1\nkey: weir-abc\n");
    assert.equal(err, "The key is not shown again.\n");
    assert.deepEqual(seen[0]?.body, {
      name: "ci",
      role: "tenant-admin",
      budgetUsd: 12.5,
      rpm: 60,
      tpm: 1000,
      models: ["a", "b"],
      team: "web",
      expiresAt: "2026-12-21T12:00:00.000Z",
    });
  });

  test("create says what the key's holder may find of the tenant's documents", async () => {
    const argv = [
      "key",
      "create",
      "--tenant",
      "acme",
      "--name",
      "ci",
      "--groups",
      "hr, works council",
      "--clearance",
      "confidential",
      "--jurisdiction",
      "eu",
    ];
    const { code, seen } = await run(argv, answers);
    assert.equal(code, 0);
    assert.deepEqual(seen[0]?.body, { name: "ci", groups: ["hr", "works council"], clearance: "confidential", jurisdiction: "eu" });
  });

  test("create needs a tenant and a name, and numbers and times that are some", async () => {
    for (const [argv, expected] of [
      ["--name x", "--tenant is needed"],
      ["--tenant acme", "--name is needed"],
      ["--tenant acme --name x --rpm many", "--rpm must be a number"],
      ["--tenant acme --name x --budget -1", "--budget must be a number"],
      ["--tenant acme --name x --expires tomorrow", "--expires must be a date"],
      ["--tenant acme --name x --expires 1", "--expires must be a date"],
      ["--tenant acme --name x --expires 2026-11-20", "--expires lies in the past"],
      ["--tenant acme --name x --expires 0d", "--expires lies in the past"],
    ] as const) {
      const { code, err, seen } = await run(["key", "create", ...argv.split(" ")], answers);
      assert.deepEqual([code, seen.length], [2, 0], argv);
      assert.ok(err.includes(expected), err);
    }
  });

  test("list and revoke name the tenant in the path, escaped", async () => {
    const listed = await run(["key", "list", "--tenant", "acme"], {
      "GET /admin/v1/tenants/acme/keys": {
        json: { data: [{ id: "key_1", prefix: "weir-abcd", name: "ci", role: "member", budgetUsd: 5 }], nextCursor: null },
      },
    });
    assert.equal(
      listed.out,
      "ID     PREFIX     NAME  ROLE    TEAM  BUDGET USD  EXPIRES  REVOKED  SUSPENDED\nkey_1  weir-abcd  ci    member  -              5  -        -        -\n",
    );
    const revoked = await run(["key", "revoke", "key_1/../x", "--tenant", "acme"], { "DELETE /admin/v1/tenants/acme/keys/*": {} });
    assert.equal(revoked.code, 0);
    assert.equal(revoked.seen[0]?.path, "/admin/v1/tenants/acme/keys/key_1%2F..%2Fx");
  });
});

describe("usage", () => {
  const call = {
    requestId: "req_1",
    tenant: "acme",
    key: "key_1",
    model: "sonnet",
    provider: "claude",
    outcome: "finished",
    inputTokens: 1200,
    outputTokens: 30,
    costMicroUsd: 4050,
    latencyMs: 812,
    createdAt: "2026-11-21T11:59:00.123Z",
  };
  const page = {
    data: [call],
    totals: { calls: 1, refused: 2, inputTokens: 1200, outputTokens: 30, costMicroUsd: 4050 },
    nextCursor: null,
  };

  test("shows the newest calls and the sums over all", async () => {
    const { code, out, seen } = await run(["usage", "--tenant", "acme", "--from", "2026-11-01"], { "GET /admin/v1/usage": { json: page } });
    assert.equal(code, 0);
    assert.equal(
      out,
      `TIME (UTC)           TENANT  MODEL   PROVIDER  OUTCOME     IN  OUT  COST       MS
2026-11-21 11:59:00  acme    sonnet  claude    finished  1200   30  $0.00405  812

In all: 1 calls, 2 refused, 1200 tokens in, 30 out, $0.00405
`,
    );
    assert.equal(seen[0]?.path, "/admin/v1/usage?tenant=acme&from=2026-11-01&limit=20");
  });

  test("--json prints what the server said", async () => {
    const { out } = await run(["usage", "--json"], { "GET /admin/v1/usage": { json: page } });
    assert.deepEqual(JSON.parse(out), page);
  });

  test("a limit is from 1 to 1000", async () => {
    for (const [limit, code] of [
      ["1", 0],
      ["1000", 0],
      ["0", 2],
      ["1001", 2],
      ["x", 2],
    ] as const) {
      assert.equal((await run(["usage", "--limit", limit], { "GET /admin/v1/usage": { json: page } })).code, code, limit);
    }
  });
});

describe("audit verify", () => {
  const tenants = { "GET /admin/v1/tenants": { json: { data: [{ slug: "a" }, { slug: "b" }], nextCursor: null } } };

  test("checks every tenant, and ends with 1 when one log was changed", async () => {
    const verify = (broken: string): Answers => ({
      ...tenants,
      "POST /admin/v1/audit/verify": ({ body }) =>
        (body as { tenant: string }).tenant === broken
          ? { json: { ok: false, entries: 9, firstBadSeq: 4 } }
          : { json: { ok: true, entries: 7 } },
    });
    const good = await run(["audit", "verify"], verify("none"));
    assert.deepEqual([good.code, good.out], [0, "a: whole, 7 entries\nb: whole, 7 entries\n"]);
    const bad = await run(["audit", "verify"], verify("a"));
    assert.deepEqual([bad.code, bad.out], [1, "a: CHANGED at entry 4, 9 entries\nb: whole, 7 entries\n"]);
    const one = await run(["audit", "verify", "--tenant", "b"], verify("a"));
    assert.deepEqual([one.code, one.out], [0, "b: whole, 7 entries\n"]);
  });

  test("an answer that does not say ok is not taken for good news", async () => {
    const { code } = await run(["audit", "verify"], { ...tenants, "POST /admin/v1/audit/verify": { json: { entries: 1 } } });
    assert.equal(code, 1);
  });
});

describe("erasing", () => {
  const certificate = { body: "{}", hash: "abcdef0123456789abcdef", signature: "s", publicKey: "p", keyId: "k" };
  const stores = [
    { store: "table files", before: 3, after: 0, kept: 0 },
    { store: "table notes", before: 0, after: 0, kept: 0 },
  ];
  const states = (...all: readonly object[]): Answers[string] => {
    const left = [...all];
    return () => ({ json: { jobId: "job_1", stores, certificate, ...(left.length > 1 ? left.shift() : left[0]) } });
  };
  const answers = (): Answers => ({
    "DELETE /admin/v1/tenants/acme": { status: 202, json: { jobId: "job_1" } },
    "DELETE /admin/v1/subjects/ada%40x.example": { status: 202, json: { jobId: "job_1" } },
    "GET /admin/v1/erasures/job_1": states({ state: "waiting" }, { state: "running", error: "left_over" }, { state: "done" }),
  });

  test("a tenant's end is waited for, told by store, and certified in a file", async () => {
    const cwd = await makeFolder();
    const { code, out, err, seen } = await run(["tenant", "delete", "acme", "--certificate", "acme.json"], answers(), { cwd });
    assert.equal(code, 0);
    assert.match(out, /table files {2}3 {4}0/);
    assert.match(out, /Erased: 2 stores looked at twice, nothing left\. Certificate abcdef0123456789…, job job_1, in acme\.json/);
    assert.match(err, /Not whole yet \(left_over\)/);
    assert.equal(seen.length, 4);
    assert.deepEqual(JSON.parse(await readFile(join(cwd, "acme.json"), "utf8")), certificate);
    const again = await run(["tenant", "delete", "acme", "--certificate", "acme.json"], answers(), { cwd });
    assert.deepEqual([again.code, /It is erased, but the certificate could not be written to/.test(again.err)], [1, true]);
  });

  test("an end user is named with the tenant; --no-wait ends at once", async () => {
    const { code, out, seen } = await run(["subject", "delete", "ada@x.example", "--tenant", "acme", "--no-wait"], answers());
    assert.deepEqual([code, out], [0, "It is being erased: job job_1.\n"]);
    assert.equal(seen[0]?.path, "/admin/v1/subjects/ada%40x.example?tenant=acme");
  });

  test("a person has to type the name", async () => {
    const wrong = await run(["subject", "delete", "ada@x.example"], answers(), { interactive: true, stdin: ["ada"] });
    assert.deepEqual([wrong.code, wrong.seen.length], [1, 0]);
    const right = await run(["subject", "delete", "ada@x.example"], answers(), { interactive: true, stdin: ["ada@x.example"] });
    assert.equal(right.code, 0);
  });
});

describe("a key that is suspended, and a refusal that was a mistake", () => {
  const AT = "/admin/v1/tenants/acme/keys/key_1";

  test("suspend asks for a reason and sends it, resume lifts it", async () => {
    const answers = { [`POST ${AT}/suspend`]: { json: {} }, [`POST ${AT}/resume`]: { json: {} } };
    const suspended = await run(["key", "suspend", "key_1", "--tenant", "acme", "--reason", "leaked"], answers);
    assert.deepEqual([suspended.code, suspended.out], [0, "Key key_1 is suspended.\n"]);
    assert.deepEqual(suspended.seen, [{ method: "POST", path: `${AT}/suspend`, body: { reason: "leaked" } }]);
    assert.equal((await run(["key", "suspend", "key_1", "--tenant", "acme"], answers)).code, 2);
    const resumed = await run(["key", "resume", "key_1", "--tenant", "acme"], answers);
    assert.deepEqual([resumed.code, resumed.out], [0, "Key key_1 may be used again.\n"]);
  });

  test("export writes refused attacks that were none, one text a line, readable by their owner alone", async () => {
    const report = (requestId: string, code: string, hasText = true) => ({
      requestId,
      code,
      hasText,
      tenant: "acme",
      label: "false-positive",
    });
    const cwd = await makeFolder();
    const answers: Answers = {
      "GET /admin/v1/guard/reports": ({ path }) =>
        path.includes("cursor=two")
          ? { json: { data: [report("req_3", "injection_blocked")], nextCursor: null } }
          : { json: { data: [report("req_1", "personal_data_blocked"), report("req_2", "injection_blocked", false)], nextCursor: "two" } },
      "GET /admin/v1/guard/reports/req_3": { json: { ...report("req_3", "injection_blocked"), text: "Explain\nwhat a system prompt is." } },
    };
    const { code, out, seen } = await run(["guard", "reports", "export", "--out", "benign.jsonl"], answers, { cwd });
    assert.equal(code, 0, out);
    assert.match(out, /1 of 3 confirmed/);
    assert.ok(seen.every(({ path }) => !path.includes("req_1") && !path.includes("req_2")));
    assert.ok(seen.slice(0, 2).every(({ path }) => path.includes("label=false-positive")));
    const file = join(cwd, "benign.jsonl");
    assert.equal(await readFile(file, "utf8"), `${JSON.stringify({ text: "Explain\nwhat a system prompt is." })}\n`);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await run(["guard", "reports", "export"], answers)).code, 2);
    assert.equal((await run(["guard", "reports", "destroy"], answers)).code, 2);
    assert.match((await run(["guard", "reports", "list"], answers)).out, /req_1 +acme +personal_data_blocked/);
  });

  test("label takes its two words only", async () => {
    const answers = { "POST /admin/v1/guard/reports/req_1": { json: {} } };
    const { code, seen } = await run(["guard", "label", "req_1", "--as", "correct"], answers);
    assert.deepEqual([code, seen[0]?.body], [0, { label: "correct" }]);
    assert.equal((await run(["guard", "label", "req_1", "--as", "fine"], answers)).code, 2);
  });
});
