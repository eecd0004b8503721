import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ChatCall, Part } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { answer } from "./answer.ts";
import type { Stages } from "./stages.ts";
import { delta, play, testCall, testTarget, testUsage, unchecked, wholeAnswer, witness, type Witness } from "./testing.ts";

/** Every way in which a call can fail after a provider was paid: clients repeat 409, 429 and 5xx by themselves, and each time would cost again. */

type Case = {
  readonly code: string;
  readonly stages?: Partial<Stages>;
  readonly chat?: Partial<ChatCall>;
  readonly budgetEnds?: true;
  readonly drains?: true;
};

const TWO = [testTarget({ model: "a" }), testTarget({ model: "b" })];
const usage: Part = { type: "usage", usage: testUsage };
const STRICT: Partial<ChatCall> = {
  responseFormat: { type: "json-schema", name: "n", schema: { type: "object" }, strict: true },
};
const refusing = (code: "output_blocked" | "canary_leaked"): Partial<Stages> => ({
  check: (call) => ({
    ...unchecked(call),
    outgoing: () => ({
      push: () => {
        throw new Fault(code);
      },
    }),
  }),
});

const CASES: readonly Case[] = [
  { code: "target_broken", stages: { ask: () => play([delta("he")], new Fault("target_broken")) } },
  { code: "target_broken", stages: { ask: () => play([delta("he")]) } },
  { code: "target_timeout", stages: { ask: () => play([usage], new Fault("target_timeout")) } },
  { code: "target_busy", stages: { ask: ({ target }) => play(target.model === "a" ? [usage] : [], new Fault("target_busy")) } },
  { code: "answer_invalid", chat: STRICT },
  { code: "journal_unavailable", stages: { close: () => Promise.reject(new Fault("journal_unavailable")) } },
  { code: "budget_spent", stages: { ask: () => play([usage], new Fault("target_failed")) }, budgetEnds: true },
  { code: "output_blocked", stages: refusing("output_blocked") },
  { code: "canary_leaked", stages: refusing("canary_leaked") },
  { code: "draining", drains: true },
];

async function faultOf(
  { stages = {}, chat = {}, budgetEnds, drains }: Case,
  stream: boolean,
): Promise<{ fault: Fault | undefined; w: Witness }> {
  const abort = new AbortController();
  const drain = async function* () {
    yield [delta("he")];
    abort.abort(new Fault("draining"));
    throw new Fault("target_down");
  };
  const w = witness({ ...(drains === true ? { ask: drain } : {}), ...stages }, TWO);
  let reserves = 0;
  const reserve = (microUsd: number): void => {
    if (budgetEnds === true && reserves++ > 0) throw new Fault("budget_spent");
    w.reserved.push(microUsd);
  };
  try {
    await Array.fromAsync(answer(w.stages, testCall({ ...chat, stream }), { ...w.admitted, reserve }, abort.signal));
    return { fault: undefined, w };
  } catch (error) {
    return { fault: Fault.from(error), w };
  }
}

test("whatever fails a call after tokens were spent says so, and what cost nothing does not", async () => {
  let checked = 0;
  for (const each of CASES)
    for (const stream of [false, true]) {
      // The form of a stream is told, not refused.
      if (stream && each.code === "answer_invalid") continue;
      const { fault, w } = await faultOf(each, stream);
      assert.deepEqual([fault?.code, fault?.detail.spent], [each.code, true], `${each.code}, stream ${String(stream)}`);
      assert.equal(w.settled.length, 1, each.code);
      checked++;
    }
  for (const code of ["target_busy", "target_down", "target_timeout"] as const) {
    const { fault } = await faultOf({ code, stages: { ask: () => play([], new Fault(code)) } }, false);
    assert.deepEqual([fault?.code, fault?.detail.spent], [code, undefined]);
    checked++;
  }
  const { fault } = await faultOf({ code: "none", stages: { ask: () => play(wholeAnswer) } }, false);
  assert.equal(fault, undefined);
  console.log(`# spent: ${String(checked)} ways to fail, with and without tokens spent`);
});
