import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import type { BudgetPage } from "../../src/contract/budgets.ts";
import type { UsageSeriesAnswer } from "../../src/contract/usage-series.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, oneModel, startWeir, type TestWeir } from "./server.ts";
import { listRows, type UsageRow } from "./usage-rows.ts";

let weir: TestWeir;
let upstream: FakeUpstream;
let acme: Awaited<ReturnType<TestWeir["tenant"]>>;
let second: { readonly id: string; readonly key: string };
/** Begins as a formula, and holds what a CSV file needs quotation marks for. */
const TEAM = '=HYPERLINK("http://x"),"a';
const FEATURES = ["search", "summary", undefined] as const;

beforeAll(async () => {
  upstream = await createFakeUpstream();
  const model = oneModel(upstream.openaiBaseUrl).replace(
    "routes:",
    "  n: { provider: up, upstream: mock, price: { inputPerMTok: 3, outputPerMTok: 7 } }\nroutes:",
  );
  weir = await startWeir({ yaml: model });
  acme = await weir.tenant("acme", undefined, { team: TEAM });
  second = await weir.call("POST", "/admin/v1/tenants/acme/keys", { name: "second" });
  const globex = await weir.tenant("globex");
  for (let n = 0; n < 24; n++) {
    const key = [acme.key, second.key, globex.key][n % 3] ?? "";
    const feature = FEATURES[n % 4 === 0 ? 0 : n % 3];
    const headers = feature === undefined ? {} : { "x-weir-feature": feature };
    const answered = await weir.chat(
      key,
      { model: n % 5 === 0 ? "n" : "m", messages: [{ role: "user", content: `parts=${String(n)}` }] },
      { headers },
    );
    assert.equal(answered.status, 200);
    await answered.text();
  }
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Sums = { calls: number; inputTokens: number; outputTokens: number; costMicroUsd: number };
type Row = UsageRow & {
  readonly key: string;
  readonly team: string | null;
  readonly model: string | null;
  readonly provider: string | null;
};
const sumOf = (rows: readonly Row[]): Sums => ({
  calls: rows.length,
  inputTokens: rows.reduce((sum, row) => sum + row.inputTokens, 0),
  outputTokens: rows.reduce((sum, row) => sum + row.outputTokens, 0),
  costMicroUsd: rows.reduce((sum, row) => sum + row.costMicroUsd, 0),
});
const sumsOf = ({ calls, inputTokens, outputTokens, costMicroUsd }: Sums): Sums => ({ calls, inputTokens, outputTokens, costMicroUsd });
const listAll = async (): Promise<readonly Row[]> => (await listRows(weir.url)).rows as readonly Row[];
const WORDS = ["tenant", "team", "key", "feature", "model", "provider", "outcome"] as const;
const series = (query: Record<string, string>, key?: string): Promise<UsageSeriesAnswer> =>
  weir.call("GET", `/admin/v1/usage/series?${new URLSearchParams(query)}`, undefined, key === undefined ? {} : { key });

test("sums of every group add up to the calls, also under filters that hold together", async () => {
  const rows = await listAll();
  assert.equal(rows.length, 24);
  let asked = 0;
  for (const group of WORDS)
    for (const filter of [
      {},
      { tenant: "acme" },
      { model: "m", tenant: "acme" },
      { feature: "" },
      { key: acme.keyId, outcome: "finished" },
    ]) {
      const fits = rows.filter((row) => Object.entries(filter).every(([word, value]) => (row[word as keyof Row] ?? "") === value));
      const answer = await series({ group, top: "50", ...filter });
      assert.deepEqual(sumsOf(answer.totals), sumOf(fits));
      const values = new Set(fits.map((row) => row[group] ?? ""));
      assert.deepEqual(new Set(answer.groups.map(({ value }) => value)), values);
      for (const { value, totals, points } of answer.groups) {
        const own = sumOf(fits.filter((row) => (row[group] ?? "") === value));
        assert.deepEqual(sumsOf(totals), own);
        assert.equal(
          points.reduce((sum, point) => sum + point.costMicroUsd, 0),
          own.costMicroUsd,
        );
      }
      asked++;
    }
  const top = await series({ group: "key", top: "1", by: "hour", order: "calls" });
  assert.deepEqual([top.groups.length, top.groups[1]?.value, top.values], [2, null, 3]);
  console.log(`# usage series: ${String(asked)} groups under filters add up to the ${String(rows.length)} calls`);
});

test("calls are listed by every word and by cost, page by page, as a reading of all of them finds", async () => {
  const rows = await listAll();
  const costs = rows.map((row) => row.costMicroUsd).toSorted((a, b) => a - b);
  const middle = costs[12] ?? 0;
  type Page = { data: Row[]; totals: Sums | null; nextCursor?: string };
  const filters: Record<string, string>[] = [
    { feature: "search" },
    { team: TEAM, model: "n" },
    { key: second.id, feature: "" },
    { outcome: "failed" },
    { provider: "up", tenant: "globex" },
    { costMinUsd: String(middle / 1e6) },
    { costMinUsd: String(middle / 1e6), tenant: "acme", feature: "summary" },
    { model: "nobody" },
  ];
  for (const { costMinUsd, ...words } of filters) {
    const fits = rows.filter(
      (row) =>
        Object.entries(words).every(([word, value]) => (row[word as keyof Row] ?? "") === value) &&
        row.costMicroUsd >= Number(costMinUsd ?? 0) * 1e6 - 0.5,
    );
    const found: Row[] = [];
    for (let cursor: string | undefined; ;) {
      const query = new URLSearchParams({
        limit: "3",
        ...words,
        ...(costMinUsd === undefined ? {} : { costMinUsd }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      const page = await weir.call<Page>("GET", `/admin/v1/usage?${query}`);
      if (costMinUsd === undefined) assert.deepEqual(sumsOf(page.totals as Sums), sumOf(fits));
      else assert.equal(page.totals, null);
      found.push(...page.data);
      if (page.nextCursor === undefined || page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    assert.deepEqual(
      found.map((row) => row.requestId),
      fits.map((row) => row.requestId),
      JSON.stringify({ ...words, costMinUsd }),
    );
  }
  console.log(`# usage calls: ${String(filters.length)} filters find what a reading of all ${String(rows.length)} rows finds`);
});

const get = (path: string, key = ADMIN_KEY): Promise<Response> => fetch(weir.url + path, { headers: { authorization: `Bearer ${key}` } });

test("a file of calls and one of sums hold what the pages hold, and no formula", async () => {
  const rows = await listAll();
  const calls = await get("/admin/v1/usage/export?rows=calls&bom=true");
  assert.match(calls.headers.get("content-type") ?? "", /^text\/csv; charset=utf-8/);
  const bytes = new Uint8Array(await calls.arrayBuffer());
  assert.deepEqual(bytes.slice(0, 3), new Uint8Array([0xef, 0xbb, 0xbf]));
  const text = new TextDecoder().decode(bytes);
  const lines = text.trimEnd().split("\r\n");
  assert.equal(lines.length, rows.length + 1);
  assert.ok(text.includes(`"'=HYPERLINK(""http://x""),""a"`));
  assert.ok(!/(^|,|")=HYPERLINK/m.test(text));
  const exact = lines.slice(1).reduce((sum, line) => sum + BigInt((/,(\d+)\.(\d{6})$/.exec(line)?.slice(1) ?? ["0"]).join("")), 0n);
  assert.equal(exact, BigInt(sumOf(rows).costMicroUsd));

  const sums = await (await get("/admin/v1/usage/export?group=model&tenant=acme")).text();
  const own = rows.filter((row) => row.tenant === "acme");
  const [header, ...cells] = sums.trimEnd().split("\r\n");
  assert.equal(header, "at,model,calls,refused,inputTokens,outputTokens,cachedTokens,costMicroUsd,costUsd");
  assert.deepEqual(
    new Map(cells.map((line) => [line.split(",")[1], Number(line.split(",")[7])])),
    new Map(["m", "n"].map((model) => [model, sumOf(own.filter((row) => row.model === model)).costMicroUsd])),
  );
  assert.equal((await get("/admin/v1/usage/export?tenant=nobody")).status, 404);
  console.log(`# usage export: ${String(rows.length)} calls, their cost exact to the micro-dollar; formulas are texts`);
});

test("a tenant's administrator sees its own tenant whatever it names, and a member nothing", async () => {
  const { key: admin } = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "admin", role: "tenant-admin" });
  const rows = (await listAll()).filter((row) => row.tenant === "acme");
  for (const query of [{}, { tenant: "acme" }]) assert.deepEqual(sumsOf((await series(query, admin)).totals), sumOf(rows));
  for (const path of ["usage/series", "usage/export", "budgets", "usage"])
    assert.equal((await get(`/admin/v1/${path}?tenant=globex`, admin)).status, 403);
  assert.equal((await (await get("/admin/v1/usage/export?rows=calls", admin)).text()).trimEnd().split("\r\n").length, rows.length + 1);
  for (const path of ["usage/series", "usage/export", "budgets", "usage"])
    assert.equal((await get(`/admin/v1/${path}`, acme.key)).status, 403);
});

test("a budget tells what is spent and left, and whom it refused; too little data makes no forecast", async () => {
  const made = await weir.tenant("poor", { budgetUsd: 0.00001 }, { budgetUsd: 5 });
  const body = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "parts=1" }] };
  const statuses: number[] = [];
  for (let n = 0; n < 4; n++) statuses.push((await weir.chat(made.key, body)).status);
  const refused = statuses.filter((status) => status === 429).length;
  assert.ok(refused > 0, statuses.join(" "));
  const { data } = await weir.call<BudgetPage>("GET", "/admin/v1/budgets?tenant=poor");
  assert.deepEqual(
    data.map(({ scope, limitMicroUsd, refused: of }) => [scope, limitMicroUsd, of.map(({ key, count }) => [key, count])]),
    [
      ["tenant", 10, [[made.keyId, refused]]],
      ["key", 5_000_000, [[made.keyId, refused]]],
    ],
  );
  const spent = (await weir.call<{ totals: Sums }>("GET", "/admin/v1/usage?tenant=poor")).totals.costMicroUsd;
  assert.ok(data.every((one) => one.spentMicroUsd === spent && one.forecast.method === "none" && Date.parse(one.renewsAt) > Date.now()));
  const all = await weir.call<BudgetPage>("GET", "/admin/v1/budgets");
  assert.deepEqual(
    all.data.map(({ tenant }) => tenant),
    ["poor"],
  );
  console.log(`# budgets: ${String(refused)} of 4 calls refused, and told with their key`);
});

test("what the platform's own tests of models cost is told and narrowed to by the id that answers name", async () => {
  await weir.call("POST", "/admin/v1/models/m/test", {});
  const rows = (await listAll()).filter((row) => row.tenant.startsWith("ten_"));
  assert.deepEqual(
    rows.map(({ feature }) => feature),
    ["model-test"],
  );
  const tenant = rows[0]?.tenant ?? "";
  const { groups } = await series({ group: "tenant" });
  assert.deepEqual(sumsOf((await series({ tenant })).totals), sumOf(rows));
  assert.deepEqual(sumsOf(groups.find(({ value }) => value === tenant)?.totals ?? sumOf([])), sumOf(rows));
  assert.equal((await weir.call<{ data: unknown[] }>("GET", `/admin/v1/usage?tenant=${tenant}`)).data.length, 1);
  assert.equal((await (await get(`/admin/v1/usage/export?rows=calls&tenant=${tenant}`)).text()).trimEnd().split("\r\n").length, 2);
  assert.equal((await get("/admin/v1/usage/series?tenant=nobody")).status, 404);
});

test("bad questions are told what is wrong", async () => {
  for (const query of [
    "group=colour",
    "from=2026-11-02&to=2026-11-01",
    "by=hour&from=2026-01-01&to=2026-02-01",
    "from=2020-01-01&to=2026-01-01",
    "top=0",
    "team=a&tema=b",
  ])
    assert.equal((await get(`/admin/v1/usage/series?${query}`)).status, 400, query);
});
