import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Plan } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import type { AnswerPart } from "./answer-part.ts";
import { answer } from "./answer.ts";
import { createShadows, SHADOWS_MAX, type ShadowDeps, type Shadows } from "./shadow.ts";
import type { Asked, Stages } from "./stages.ts";
import { delta, play, testCall, testTarget, testUsage, unchecked, wholeAnswer, witness, type Witness } from "./testing.ts";

const MAIN = testTarget({ model: "main" });
const OTHER = testTarget({ model: "other", price: { inputPerMTok: 3, outputPerMTok: 3 } });

type World = {
  readonly w: Witness;
  readonly shadows: Shadows;
  readonly asked: Asked[];
  readonly dropped: string[];
  readonly live: ShadowDeps["live"];
};

function world(change: Partial<Stages> = {}, deps: Partial<ShadowDeps> = {}, make = createShadows): World {
  const asked: Asked[] = [];
  const dropped: string[] = [];
  const live = new Set<AbortController>();
  const shadows = make({ live, dropped: (why) => void dropped.push(why), admit: () => w.admitted, ...deps });
  const plan = (): Plan => ({
    targets: [MAIN],
    candidates: [{ target: MAIN, fell: undefined }],
    policyHash: "p",
    shadow: "other",
    rule: { route: "auto", at: 0 },
  });
  const w = witness({
    plan,
    beside: (model) => (model === "other" ? OTHER : undefined),
    copy: (of, form) => shadows.offer(w.stages, of, form),
    ...change,
    ask(of, signal) {
      asked.push(of);
      return (change.ask ?? (() => play(wholeAnswer)))(of, signal);
    },
  });
  return { w, shadows, asked, dropped, live };
}

async function call({ w }: World, chat: Partial<ChatCall> = {}, abort = new AbortController()): Promise<readonly AnswerPart[]> {
  const parts: AnswerPart[] = [];
  for await (const some of answer(w.stages, testCall(chat), w.admitted, abort.signal)) parts.push(...some);
  return parts;
}
/** Nothing here waits for a clock: what is under way ends in a few turns. */
async function ended({ live }: World): Promise<void> {
  for (let turn = 0; turn < 100 && live.size > 0; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.equal(live.size, 0);
}
const shadowsOf = ({ w }: World): readonly CallEvent[] => w.events.filter(({ operation }) => operation === "shadow");

test("a copy is asked after the answer has ended, and is an event of its own that names its call", async () => {
  const all = world();
  const parts = await call(all);
  assert.deepEqual([parts.at(-1)?.type, all.asked.length], ["finish", 1], "nothing of it has begun when the caller has everything");
  await ended(all);
  assert.deepEqual(
    all.asked.map(({ target }) => target.model),
    ["main", "other"],
  );
  const [first, second] = all.w.events;
  assert.deepEqual([first?.operation, second?.operation, second?.shadow], [undefined, "shadow", { of: first?.requestId }]);
  assert.notEqual(second?.requestId, first?.requestId);
  assert.deepEqual(
    [second?.model, second?.outcome, second?.costMicroUsd, second?.rule],
    ["other", "finished", 45, { route: "auto", at: 0 }],
  );
  assert.deepEqual(
    all.w.opened.map(({ operation }) => operation),
    [undefined, "shadow"],
    "the journal knows before it is asked",
  );
  assert.equal(all.w.reserved.length, 2, "each is reserved");
  assert.deepEqual(
    all.w.settled.map(({ microUsd }) => microUsd),
    [20, 45],
  );
});

test("a copy of a trimmed call is as long as the call was, and says so", async () => {
  const messages = [1, 2, 3].flatMap((at) => [
    { role: "user" as const, content: `question ${String(at)}` },
    { role: "assistant" as const, content: "so" },
  ]);
  const all = world({
    plan({ shorten }) {
      const shortened = shorten?.({ bytesMax: 250, bytesAimed: 250 });
      assert.ok(shortened?.fits === true);
      return { targets: [MAIN], candidates: [], policyHash: "p", shadow: "other", shortened };
    },
  });
  await call(all, { messages, inputBytes: 300 });
  await ended(all);
  const sent = all.asked.map(({ chat }) => chat.messages.length);
  assert.ok(sent[0] !== undefined && sent[0] < messages.length);
  assert.deepEqual(sent, [sent[0], sent[0]]);
  assert.deepEqual(all.w.events[1]?.trimmed, all.w.events[0]?.trimmed);
});

test("nothing of its answer reaches anybody, and nothing is kept", async () => {
  const kept: string[] = [];
  const all = world({
    ask: ({ target }) => play(target === OTHER ? [delta("secret"), ...wholeAnswer] : wholeAnswer),
    keepsContent: () => true,
    keepContent: (_call, text) => void kept.push(text),
  });
  const parts = await call(all);
  await ended(all);
  assert.ok(!JSON.stringify(parts).includes("secret"));
  assert.ok(!JSON.stringify(all.w.events).includes("secret"));
  assert.deepEqual(kept, ["hello"]);
});

test("where it is not eligible there is no copy, and the check is the call's own, with what was found in it", async () => {
  let asked: unknown;
  const standing = { personal: true, mode: "private-only", unread: undefined } as const;
  const all = world({
    check: (of) => ({ ...unchecked(of), standing }),
    beside(_model, { content }, plan) {
      asked = [content, plan.policyHash];
      return undefined;
    },
  });
  await call(all);
  await ended(all);
  assert.deepEqual([asked, all.asked.length, all.dropped, shadowsOf(all).length], [[standing, "p"], 1, ["not-eligible"], 0]);
});

test("it leaves masked for its own target, and a build that sends what the caller's target got would be seen", async () => {
  const masking: Stages["check"] = (of) => ({
    ...unchecked(of),
    leave: (target) => ({
      chat: target === OTHER ? { ...of.chat, messages: [{ role: "user", content: "<PERSON>" }] } : of.chat,
      systemPrompt: undefined,
      passages: [],
    }),
  });
  const chat = { messages: [{ role: "user", content: "Ada" }] } as const;
  const leaks = async (check: Stages["check"]): Promise<boolean> => {
    const all = world({ check });
    await call(all, chat);
    await ended(all);
    assert.equal(all.asked[1]?.target.model, "other");
    return JSON.stringify(all.asked[1]?.chat).includes("Ada");
  };
  assert.deepEqual([await leaks(masking), await leaks((of) => unchecked(of))], [false, true]);
});

test("a caller that leaves, an answer that fails and a plan without a shadow have none", async () => {
  const failed = world({ ask: () => play([], new Fault("target_down")) });
  await assert.rejects(call(failed));
  const abort = new AbortController();
  const gone = world({
    async *ask() {
      yield [delta("a")];
      abort.abort();
      throw Fault.ofAbort(abort.signal);
    },
  });
  await assert.rejects(call(gone, {}, abort));
  const plain = world({ plan: () => ({ targets: [MAIN], candidates: [], policyHash: "" }) });
  await call(plain);
  for (const all of [failed, gone, plain]) {
    await ended(all);
    assert.deepEqual([shadowsOf(all).length, all.dropped], [0, []]);
  }
});

/** Copies that go on until they are broken off. */
const hanging: Stages["ask"] = ({ target }, signal) =>
  target === OTHER
    ? (async function* () {
        yield [delta("half"), { type: "usage", usage: testUsage }];
        await new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        throw Fault.ofAbort(signal);
      })()
    : play(wholeAnswer);

test("at the most that may run one more is dropped, and a server that must go breaks them off, billed", async () => {
  const all = world({ ask: hanging });
  for (let at = 0; at < SHADOWS_MAX; at++) await call(all);
  assert.deepEqual([all.live.size, all.dropped], [SHADOWS_MAX, []]);
  await call(all);
  assert.deepEqual([all.live.size, all.dropped], [SHADOWS_MAX, ["full"]]);
  await new Promise<void>((resolve) => void setImmediate(resolve));
  await new Promise<void>((resolve) => void setImmediate(resolve));
  await all.shadows.close();
  assert.equal(all.live.size, 0);
  const copies = shadowsOf(all);
  assert.deepEqual(
    copies.map(({ outcome, code }) => [outcome, code]),
    Array.from({ length: SHADOWS_MAX }, () => ["failed", "draining"]),
  );
  assert.equal(all.w.opened.length, all.w.events.length, "none is left open");
  await call(all);
  assert.equal(all.dropped.at(-1), "draining");
  console.log(`# ${SHADOWS_MAX} copies at once, the next one dropped`);
});

test("one that the budget does not cover is not made, and is no refusal of its tenant's", async () => {
  const all = world({}, { admit: () => ({ ...all.w.admitted, reserve: () => Promise.reject(new Fault("budget_spent")) }) });
  await call(all);
  await ended(all);
  assert.deepEqual([all.asked.length, all.dropped, all.w.log], [1, ["budget_spent"], ["open", "close finished"]]);
});

test("its event has the form of both answers", async () => {
  const responseFormat = { type: "json-schema", name: "city", schema: { type: "object", required: ["city"] } } as const;
  const says = (text: string) => [delta(text), ...wholeAnswer.slice(1)];
  const all = world({ ask: ({ target }) => play(says(target === OTHER ? "{}" : '{"city":"Oslo"}')) });
  await call(all, { responseFormat, stream: true });
  await ended(all);
  const [copy] = shadowsOf(all);
  assert.deepEqual([copy?.shadow?.form, copy?.form], ["fits", "misfit"]);
});

test("a copy that would hold the caller up would be seen", async () => {
  const order = async (make: typeof createShadows): Promise<readonly string[]> => {
    const seen: string[] = [];
    const all = world({ ask: ({ target }) => (seen.push(target.model), play(wholeAnswer)) }, {}, make);
    await call(all);
    seen.push("caller has it");
    await ended(all);
    return seen;
  };
  assert.deepEqual(await order(createShadows), ["main", "caller has it", "other"]);
  const eager: typeof createShadows = (deps) => ({
    ...createShadows(deps),
    offer: (stages, of) => void stages.ask({ call: of.call, chat: of.chat, target: OTHER, passages: [] }, new AbortController().signal),
  });
  assert.deepEqual(await order(eager), ["main", "other", "caller has it"]);
});
