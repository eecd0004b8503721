import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeUpstream } from "../upstream/index.ts";
import { adminCall, journalsAdopted, makeTenant, startChild, type WeirChild } from "./child.ts";
import { compare, startLoad, type Answered } from "./load.ts";
import { oneModel } from "./server.ts";
import { listRows, type UsageRows } from "./usage-rows.ts";

const ROUNDS = process.env["WEIR_TEST_LONG"] === "1" ? 50 : 5;
const WORKERS = 12;

/** Quick answers, slow streams and slow answers at once, so that a kill finds calls in every state. */
const WAYS = [
  { stream: false, words: "parts=10" },
  { stream: true, words: "parts=10" },
  { stream: false, words: "parts=1" },
  { stream: true, words: "parts=3" },
  { stream: false, words: "parts=50" },
  { stream: true, words: "parts=20;cached=5" },
  { stream: true, words: "parts=40;pace=200" },
  { stream: false, words: "parts=30;usage=none" },
] as const;
const bodyOf = (n: number) => {
  const { stream, words } = WAYS[n % WAYS.length] ?? WAYS[0];
  return { model: "m", stream, max_tokens: 500, messages: [{ role: "user", content: `Tell me. ${words};call=kill-${n}` }] };
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function setUp() {
  const upstream = await createFakeUpstream();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-kill-"));
  const config = join(dataDir, "weir.yaml");
  await writeFile(config, oneModel(upstream.openaiBaseUrl));
  let child: WeirChild | undefined;
  return {
    upstream,
    dataDir,
    async start(): Promise<WeirChild> {
      child = await startChild(dataDir, config);
      return child;
    },
    async close() {
      child?.signal("SIGKILL");
      await child?.exited;
      await upstream.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Calls that the upstream was asked and no row accounts for, by count. */
const missing = (asked: number, { totals }: UsageRows): number => Math.max(0, asked - totals.calls);

test(
  "a gateway killed at random points under load has lost no answered call, counts none twice, and bills those under way",
  async () => {
    const parts = await setUp();
    const { upstream } = parts;
    try {
      let child = await parts.start();
      const key = await makeTenant(child.url, "acme");
      const answered: Answered[] = [];
      let sent = 0;
      let startMs = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const { url } = child;
        const load = startLoad({ url: () => url, key, workers: WORKERS, body: (n) => bodyOf(sent + n) });
        await wait(150 + Math.random() * 900);
        child.signal("SIGKILL");
        assert.equal(await child.exited, null);
        await load.stop();
        answered.push(...load.answered);
        sent += load.sent;
        assert.deepEqual(
          load.refused.map(({ status, body }) => [status, body]),
          [],
        );
        child = await parts.start();
        startMs = Math.max(startMs, child.startedMs);
      }
      await journalsAdopted(parts.dataDir);
      const rows = await listRows(child.url, "acme");
      const verdict = compare(answered, rows.rows);
      console.log(
        `# kill -9 of the gateway: ${ROUNDS} rounds, ${sent} calls, ${JSON.stringify(verdict)}, slowest start after one ${startMs.toFixed(0)} ms`,
      );
      const { lost, twice, unbilled, costOff, diedUnbilled } = verdict;
      assert.deepEqual({ lost, twice, unbilled, costOff, diedUnbilled }, { lost: 0, twice: 0, unbilled: 0, costOff: 0, diedUnbilled: 0 });
      assert.ok(verdict.acknowledged > 100 && verdict.cut > 0 && verdict.died > 0);
      // Nothing was ever asked upstream that is in no row, and no row was made up.
      assert.ok(rows.totals.calls >= upstream.calls.length && rows.totals.calls <= sent);
      assert.equal(rows.rows.length, rows.totals.calls);
      const audit = await adminCall<{ ok: boolean; entries: number }>(child.url, "POST", "/admin/v1/audit/verify", { tenant: "acme" });
      assert.deepEqual([audit.ok, audit.entries], [true, rows.rows.length]);
    } finally {
      await parts.close();
    }
  },
  ROUNDS * 30_000,
);

test("planted: a gateway whose journal is not on disk when it dies is caught", async () => {
  const parts = await setUp();
  try {
    const child = await parts.start();
    const key = await makeTenant(child.url, "acme");
    const { url } = child;
    const load = startLoad({ url: () => url, key, workers: WORKERS, body: bodyOf });
    await wait(500);
    child.signal("SIGKILL");
    await child.exited;
    await load.stop();
    const folder = join(parts.dataDir, "journal");
    for (const name of await readdir(folder, { recursive: true })) if (name.endsWith(".log")) await truncate(join(folder, name), 0);
    const again = await parts.start();
    await journalsAdopted(parts.dataDir);
    const rows = await listRows(again.url, "acme");
    const verdict = compare(load.answered, rows.rows);
    assert.ok(verdict.lost + verdict.unbilled > 0 && missing(parts.upstream.calls.length, rows) > 0, JSON.stringify(verdict));
    console.log(
      `# planted, a journal that is gone: ${verdict.lost} answered calls found lost, ${verdict.unbilled} cut ones found unbilled`,
    );
  } finally {
    await parts.close();
  }
}, 60_000);

test("planted: a row twice, a row that costs nothing and a row that another answer belongs to are caught", () => {
  const row = { requestId: "req_a", outcome: "finished", costMicroUsd: 5, code: null } as UsageRows["rows"][number];
  const answer = { status: 200, headers: new Map<string, string>(), body: "", end: "whole", silenceMs: 0 } as const;
  const told: Answered = { requestId: "req_a", acknowledged: true, stream: false, costMicroUsd: 5, answer };
  assert.equal(compare([told], [row]).lost, 0);
  assert.equal(compare([told], [row, row]).twice, 1);
  assert.equal(compare([told], [{ ...row, outcome: "failed" }]).lost, 1);
  assert.equal(compare([told], [{ ...row, costMicroUsd: 4 }]).costOff, 1);
  assert.equal(compare([{ ...told, acknowledged: false }], [{ ...row, costMicroUsd: 0 }]).unbilled, 1);
  assert.equal(compare([], [{ ...row, outcome: "failed", code: "process_died", costMicroUsd: 0 }]).diedUnbilled, 1);
});
