import assert from "node:assert/strict";
import { test } from "bun:test";
import type { EmbeddingCall } from "../domain/embedding.ts";
import type { CallEvent, Reservation } from "../domain/event.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import { plainCourse } from "../domain/testing.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, requestIds, tenantIds } from "../kernel/ids.ts";
import { embed } from "./embed.ts";
import type { Admitted, EmbedStages } from "./stages.ts";

const target = (change: Partial<Target> = {}): Target => ({
  model: "m",
  provider: "p",
  upstream: "bge",
  kind: "openai",
  trust: "private",
  region: undefined,
  contextTokens: undefined,
  capabilities: { tools: false, jsonSchema: false, images: false, manyChoices: false, embeddings: true },
  price: { inputPerMTok: 10, outputPerMTok: 99 },
  priceVersion: "test",
  timeouts: { firstByteMs: 1, idleMs: 1, totalMs: 1 },
  ...change,
});
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the path reads these fields alone
const who = { kind: "tenant", tenant: { id: tenantIds.make(1) }, key: { id: keyIds.make(1) } } as unknown as TenantPrincipal;
const callOf = (wish: Partial<EmbeddingCall["wish"]> = {}): EmbeddingCall => ({
  requestId: requestIds.make(1),
  who,
  feature: undefined,
  startedAtMs: 1,
  wish: { model: "m", inputs: ["four", [1, 2]], dimensions: undefined, endUser: undefined, inputBytes: 20, ...wish },
});
const VECTORS = [
  [1, 0],
  [0, 1],
];

function witness(change: Partial<EmbedStages> = {}, targets: readonly Target[] = [target()], budgeted = true) {
  const log: string[] = [];
  const opened: Reservation[] = [];
  const events: CallEvent[] = [];
  const settled: { microUsd: number; tokens: number }[] = [];
  const reserved: number[] = [];
  const stages: EmbedStages = {
    check: ({ wish }) => ({
      standing: { personal: false, mode: "off", unread: undefined },
      bytesAdded: 0,
      leave: () => wish.inputs,
      guarded: undefined,
    }),
    plan: () => ({ targets, candidates: targets.map((each) => ({ target: each, fell: undefined })), policyHash: "policy" }),
    course: plainCourse,
    ask: async () => ({ vectors: VECTORS, inputTokens: 5 }),
    async open(reservation) {
      log.push("open");
      opened.push(reservation);
    },
    async close(event) {
      log.push(`close ${event.outcome}`);
      events.push(event);
      return { hash: "hash" };
    },
    refuse: (_call, code) => void log.push(`refuse ${code}`),
    countTokens: (text) => text.length,
    endUserDigest: async () => "digest",
    configHash: "config",
    monotonicMs: () => 0,
    ...change,
  };
  const admitted: Admitted = {
    budgeted,
    budgets: budgeted ? ["key"] : [],
    reserve: (microUsd) => void reserved.push(microUsd),
    settle: (used) => void settled.push(used),
  };
  const run = (call = callOf(), signal = new AbortController().signal) => embed(stages, call, admitted, signal);
  return { log, opened, events, settled, reserved, run };
}

test("a call is journalled before it is asked, recorded before it is answered, and costs its input tokens alone", async () => {
  const w = witness({
    ask: async () => {
      w.log.push("ask");
      return { vectors: VECTORS, inputTokens: 5 };
    },
  });
  const answer = await w.run(callOf({ endUser: "somebody" }));
  assert.deepEqual(w.log, ["open", "ask", "close finished"]);
  assert.deepEqual(w.reserved, [200]);
  assert.deepEqual(w.settled, [{ microUsd: 50, tokens: 5 }]);
  assert.deepEqual([answer.receipt, answer.inputTokens, answer.usageSource], ["hash", 5, "reported"]);
  const [event] = w.events;
  assert.deepEqual([event?.operation, event?.outputTokens, event?.costMicroUsd, event?.endUserDigest], ["embeddings", 0, 50, "digest"]);
  const [reservation] = w.opened;
  assert.deepEqual([reservation?.operation, reservation?.outputTokensMax, reservation?.microUsd], ["embeddings", 0, 200]);
});

test("a refusal before the journal knows of the call leaves a count and no row, and gives everything back", async () => {
  for (const change of [
    { plan: () => assert.fail(new Fault("model_unknown")) },
    { open: () => Promise.reject(new Fault("journal_unavailable")) },
  ]) {
    const w = witness(change);
    await assert.rejects(w.run(), Fault);
    assert.match(w.log.join(), /^refuse (model_unknown|journal_unavailable)$/);
    assert.deepEqual(w.settled, [{ microUsd: 0, tokens: 0 }]);
    assert.equal(w.events.length, 0);
  }
});

test("a fault that another target may not have moves on; what the first one spent is billed and reserved for", async () => {
  const asked: string[] = [];
  const w = witness(
    {
      ask: async (ask) => {
        asked.push(ask.target.model);
        if (ask.target.model === "a") throw new Fault("target_timeout", { spent: true });
        return { vectors: VECTORS, inputTokens: 5 };
      },
    },
    [target({ model: "a" }), target({ model: "b" })],
  );
  const answer = await w.run();
  assert.deepEqual(asked, ["a", "b"]);
  assert.equal(answer.target.model, "b");
  // "four" and two tokens, counted.
  assert.deepEqual(
    w.events[0]?.attempts.map(({ outcome, inputTokens, usageSource }) => [outcome, inputTokens, usageSource]),
    [
      ["failed", 6, "counted"],
      ["finished", 5, "reported"],
    ],
  );
  assert.deepEqual(w.reserved, [200, 60 + 200]);
  assert.equal(w.events[0]?.usageSource, "counted");
});

test("a fault that every target would have ends the call, and nothing is billed where nothing was spent", async () => {
  const w = witness({ ask: () => Promise.reject(new Fault("target_refused")) }, [target({ model: "a" }), target({ model: "b" })]);
  await assert.rejects(w.run(), { code: "target_refused" });
  assert.deepEqual([w.events[0]?.attempts.length, w.events[0]?.costMicroUsd, w.events[0]?.usageSource], [1, 0, "none"]);
});

test("vectors of another length than was asked for are refused, and their tokens billed", async () => {
  const w = witness();
  await assert.rejects(
    w.run(callOf({ dimensions: 3 })),
    (fault: Fault) => fault.detail.param === "dimensions" && fault.detail.spent === true,
  );
  assert.deepEqual([w.events[0]?.outcome, w.events[0]?.costMicroUsd], ["failed", 50]);
  assert.deepEqual((await witness().run(callOf({ dimensions: 2 }))).vectors, VECTORS);
});

test("an abort is recorded as aborted, whatever the upstream threw; a server that must go says so instead", async () => {
  for (const [reason, outcome, code] of [
    [undefined, "aborted", "client_gone"],
    [new Fault("draining"), "failed", "draining"],
  ] as const) {
    const abort = new AbortController();
    const w = witness({
      ask: async () => {
        abort.abort(reason);
        throw new Fault("client_gone", { spent: true });
      },
    });
    await assert.rejects(w.run(callOf(), abort.signal), { code });
    assert.deepEqual([w.events[0]?.outcome, w.events[0]?.code, w.events[0]?.inputTokens], [outcome, code, 6]);
  }
});

test("a journal that cannot be closed turns the answer into an error", async () => {
  const w = witness({ close: () => Promise.reject(new Fault("journal_unavailable")) });
  await assert.rejects(w.run(), (fault: Fault) => fault.code === "journal_unavailable" && fault.detail.spent === true);
  assert.equal(w.settled.length, 1);
});
