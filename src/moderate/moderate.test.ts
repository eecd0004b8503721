import assert from "node:assert/strict";
import { test } from "bun:test";
import type { CallEvent } from "../domain/event.ts";
import type { Moderation, ModerationCall } from "../domain/moderation.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { keyIds, requestIds, tenantIds } from "../kernel/ids.ts";
import { moderate, type ModerateStages } from "./moderate.ts";

const who = { kind: "tenant", tenant: { id: tenantIds.make(1) }, key: { id: keyIds.make(1) } } as unknown as TenantPrincipal;
const call: ModerationCall = {
  requestId: requestIds.make(1),
  who,
  model: "any",
  texts: ["one", "two"],
  inputBytes: 6,
  feature: undefined,
  startedAtMs: 5,
};
const verdict: Moderation = {
  flagged: new Set(),
  scores: {
    hate: 0,
    "hate/threatening": 0,
    harassment: 0,
    "harassment/threatening": 0,
    "self-harm": 0,
    "self-harm/intent": 0,
    "self-harm/instructions": 0,
    violence: 0,
  },
  injection: { score: 0.9, saw: ["override"] },
  personalData: { EMAIL: 1 },
};

function witness(change: Partial<ModerateStages> = {}) {
  const events: CallEvent[] = [];
  const refused: string[] = [];
  const settled: unknown[] = [];
  const stages: ModerateStages = {
    judge: () => verdict,
    close: (event) => (events.push(event), Promise.resolve({ hash: "h" })),
    refuse: (_call, code) => void refused.push(code),
    pause: () => Promise.resolve(),
    configHash: "c",
    monotonicMs: () => 0,
    ...change,
  };
  return { events, refused, settled, stages, admitted: { settle: (used: unknown) => void settled.push(used) } };
}

test("texts are judged, one event tells what was found, and the place is given back", async () => {
  const w = witness();
  const { results, receipt } = await moderate(w.stages, call, w.admitted, new AbortController().signal);
  assert.deepEqual([results.length, receipt], [2, "h"]);
  assert.deepEqual(w.events[0]?.guard, { found: { EMAIL: 2 }, injection: 0.9 });
  assert.deepEqual([w.events.length, w.refused, w.settled], [1, [], [{ microUsd: 0, tokens: 0 }]]);
});

test("a detector that throws is no harmless text; a client that left is not judged on; a journal that fails is no answer", async () => {
  const left = new AbortController();
  left.abort();
  const cases: readonly (readonly [change: Partial<ModerateStages>, signal: AbortSignal, code: string])[] = [
    [{ judge: () => assert.fail("broken") }, new AbortController().signal, "guard_failed"],
    [{}, left.signal, "client_gone"],
    [{ close: () => Promise.reject(new Fault("journal_unavailable")) }, new AbortController().signal, "journal_unavailable"],
  ];
  for (const [change, signal, code] of cases) {
    const w = witness(change);
    await assert.rejects(moderate(w.stages, call, w.admitted, signal), (error) => error instanceof Fault && error.code === code);
    assert.deepEqual([w.events.length, w.refused, w.settled.length], [0, [code], 1]);
  }
});
