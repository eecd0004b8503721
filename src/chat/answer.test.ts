import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Part } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { answer } from "./answer.ts";
import type { AnswerPart } from "./answer-part.ts";
import { delta, play, testCall, testTarget, testUsage, wholeAnswer, witness, type Witness } from "./testing.ts";

const run = async (w: Witness, signal = new AbortController().signal, chat = {}) =>
  (await Array.fromAsync(answer(w.stages, testCall(chat), w.admitted, signal))).flat();
const types = (parts: readonly AnswerPart[]) => parts.map((part) => part.type);

test("a whole answer ends in one finish that comes after the record", async () => {
  const w = witness();
  const order: string[] = [];
  for await (const parts of answer(w.stages, testCall(), w.admitted, new AbortController().signal))
    order.push(...types(parts), ...w.log.splice(0));
  assert.deepEqual(order, ["text-delta", "open", "choice-finish", "finish", "close finished"]);
  assert.equal(w.events[0]?.costMicroUsd, 10 * 1 + 5 * 2);
  assert.deepEqual(w.settled, [{ microUsd: 20, tokens: 15 }]);
});

test("the reservation covers the dearest target's bound and is journalled before the first upstream call", async () => {
  const dear = testTarget({ model: "dear", price: { inputPerMTok: 10, outputPerMTok: 100 } });
  const w = witness({}, [testTarget(), dear]);
  await run(w);
  assert.deepEqual(w.reserved, [40 * 10 + 100 * 100]);
  assert.equal(w.opened[0]?.microUsd, 10_400);
});

test("moves to the next target when the first is busy and nothing was sent", async () => {
  const w = witness({ ask: ({ target }) => (target.model === "a" ? play([], new Fault("target_busy")) : play(wholeAnswer)) }, [
    testTarget({ model: "a" }),
    testTarget({ model: "b" }),
  ]);
  const parts = await run(w);
  assert.equal(parts.at(-1)?.type, "finish");
  assert.deepEqual(
    w.events[0]?.attempts.map(({ model, outcome, code }) => [model, outcome, code]),
    [
      ["a", "failed", "target_busy"],
      ["b", "finished", undefined],
    ],
  );
  assert.equal(w.events[0]?.model, "b");
});

test("does not move once a part was sent, bills what came, and says that it was spent", async () => {
  const asked: string[] = [];
  const w = witness(
    {
      ask: ({ target }) => {
        asked.push(target.model);
        return play([delta("he"), delta("llo")], new Fault("target_broken"));
      },
    },
    [testTarget({ model: "a" }), testTarget({ model: "b" })],
  );
  await assert.rejects(run(w), (fault: Fault) => fault.code === "target_broken" && fault.detail.spent === true);
  assert.deepEqual(asked, ["a"]);
  const [event] = w.events;
  assert.equal(event?.outcome, "failed");
  assert.equal(event?.usageSource, "counted");
  assert.equal(event?.outputTokens, 5);
});

test("does not move after a fault that another target would answer the same", async () => {
  const w = witness({ ask: () => play([], new Fault("target_refused")) }, [testTarget({ model: "a" }), testTarget({ model: "b" })]);
  await assert.rejects(run(w), { code: "target_refused" });
  assert.equal(w.events[0]?.attempts.length, 1);
});

test("an upstream that ends without a finish is broken, never finished", async () => {
  const w = witness({ ask: () => play([delta("he")]) });
  await assert.rejects(run(w), { code: "target_broken" });
  assert.deepEqual(w.log, ["open", "close failed"]);
});

test("an attempt that cost something raises the reservation before the next target is asked", async () => {
  const spent: readonly Part[] = [{ type: "usage", usage: { ...testUsage, outputTokens: 0 } }];
  const w = witness({ ask: ({ target }) => (target.model === "a" ? play(spent, new Fault("target_failed")) : play(wholeAnswer)) }, [
    testTarget({ model: "a" }),
    testTarget({ model: "b" }),
  ]);
  await run(w);
  assert.deepEqual(w.reserved, [240, 10 + 240]);
  assert.deepEqual(
    w.opened.map(({ requestId, microUsd }) => [requestId, microUsd]),
    [240, 250].map((microUsd) => [w.opened[0]?.requestId, microUsd]),
    "a process that dies in the second attempt is billed for both",
  );
  assert.equal(w.events[0]?.costMicroUsd, 10 + 20);
});

test("a refusal before the journal knows of the call is counted as one and gives everything back", async () => {
  const w = witness({
    plan: () => {
      throw new Fault("model_unknown");
    },
  });
  await assert.rejects(run(w), { code: "model_unknown" });
  assert.deepEqual(w.log, ["refuse model_unknown"]);
  assert.deepEqual(w.settled, [{ microUsd: 0, tokens: 0 }]);
});

test("a journal that cannot be opened refuses the call before any upstream is asked", async () => {
  let asked = 0;
  const w = witness({
    open: () => Promise.reject(new Fault("journal_unavailable")),
    ask: () => {
      asked++;
      return play(wholeAnswer);
    },
  });
  await assert.rejects(run(w), { code: "journal_unavailable" });
  assert.equal(asked, 0);
});

test("a journal that cannot be closed turns the finish into an error", async () => {
  const w = witness({ close: () => Promise.reject(new Fault("journal_unavailable")) });
  const parts: AnswerPart[] = [];
  await assert.rejects(
    async () => {
      for await (const some of answer(w.stages, testCall(), w.admitted, new AbortController().signal)) parts.push(...some);
    },
    { code: "journal_unavailable" },
  );
  assert.ok(!types(parts).includes("finish"));
  assert.equal(w.settled.length, 1);
});

test("a consumer that lets go is recorded as aborted and billed for what came", async () => {
  const w = witness({ ask: () => play([delta("abc"), delta("def"), ...wholeAnswer]) });
  const parts = answer(w.stages, testCall(), w.admitted, new AbortController().signal);
  await parts.next();
  await parts.return();
  assert.deepEqual(w.log, ["open", "close aborted"]);
  assert.equal(w.events[0]?.outputTokens, 3);
  assert.equal(w.settled.length, 1);
});

test("an abort while the upstream is silent is recorded as aborted, whatever the upstream threw", async () => {
  const abort = new AbortController();
  const w = witness({
    async *ask() {
      yield [delta("abc")];
      abort.abort();
      throw new Fault("target_down");
    },
  });
  await assert.rejects(run(w, abort.signal), { code: "client_gone" });
  assert.equal(w.events[0]?.outcome, "aborted");
});
