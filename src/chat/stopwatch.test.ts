import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Passage, Retrieved } from "../domain/chat.ts";
import type { Timings } from "../domain/timings.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import { answer } from "./answer.ts";
import { toFoundPassages } from "./found-passages.ts";
import { delta, play, testCall, testTarget, unchecked, wholeAnswer, witness } from "./testing.ts";
import type { Stages } from "./stages.ts";

const FILE = fileIds.make(1);
const passage = (chunkId: string, score = 1): Passage => ({
  chunkId,
  fileId: FILE,
  filename: "f.md",
  title: "F",
  collectionId: collectionIds.make(1),
  collectionName: "house",
  headings: [],
  text: "The whole text of a passage.",
  start: 0,
  end: 28,
  score,
});
const RAG = { enabled: true, collection: "house", topK: 3 } as const;

/** Every stage moves the clock by a number of its own, so that a step which is noted at another place has another time. */
function steps(change: (tick: (ms: number) => void) => Partial<Stages> = () => ({})) {
  let now = 0;
  const tick = (ms: number): void => void (now += ms);
  const retrieved: Retrieved = { collectionId: collectionIds.make(1), indexVersion: "1", passages: [passage("a", 0.123456), passage("b")] };
  const targets = [testTarget({ model: "a" }), testTarget({ model: "b" })];
  const w = witness(
    {
      nowMs: () => 8,
      monotonicMs: () => now,
      check(call) {
        tick(1);
        const plain = unchecked(call);
        const sift = (passages: readonly Passage[]) => {
          tick(4);
          return passages.slice(1);
        };
        const push: <P>(parts: P) => P = (parts) => {
          tick(0.25);
          return parts;
        };
        return { ...plain, sift, outgoing: () => ({ push }) };
      },
      async retrieve() {
        tick(2);
        return retrieved;
      },
      plan() {
        tick(8);
        return { targets, candidates: targets.map((target) => ({ target, fell: undefined })), policyHash: "p" };
      },
      async open() {
        tick(16);
      },
      async *ask({ target }) {
        tick(32);
        if (target.model === "a") throw new Fault("target_busy");
        yield [delta("hel")];
        tick(64);
        yield* play(wholeAnswer);
      },
      ...change(tick),
    },
    targets,
  );
  return w;
}

const END: Timings = {
  admitUs: 7000,
  checkedUs: 1000,
  retrievedUs: 3000,
  siftedUs: 7000,
  routedUs: 15_000,
  openedUs: 31_000,
  attempts: [
    { beganUs: 31_000, endedUs: 63_000 },
    { beganUs: 63_000, firstUs: 95_000, endedUs: 160_250 },
  ],
  answerRulesUs: 1250,
};

const run = async (w: ReturnType<typeof steps>, chat = {}) => {
  await Array.fromAsync(answer(w.stages, testCall({ rag: RAG, stream: true, ...chat }), w.admitted, new AbortController().signal)).catch(
    () => undefined,
  );
  return w.events[0];
};

test("a call's row tells when it had gone through each step, and when each attempt began, spoke and ended", async () => {
  const event = await run(steps());
  assert.deepEqual(event?.timings, END);
  // Planted: a stage that takes its time unseen would leave the sum the same.
  const slow = await run(steps((tick) => ({ open: async () => tick(17) })));
  assert.notDeepEqual(slow?.timings, END);
  console.log("# 7 steps and 2 attempts timed; one stage slower by 1 ms was seen");
});

test("a step that the call did not come to is absent", async () => {
  const plain = await run(steps(), { rag: undefined });
  assert.deepEqual(Object.keys(plain?.timings ?? {}), ["admitUs", "checkedUs", "routedUs", "openedUs", "attempts", "answerRulesUs"]);
  const failed = await run(steps(() => ({ ask: () => play([], new Fault("target_refused")) })));
  assert.deepEqual([failed?.outcome, failed?.timings?.answerRulesUs, failed?.timings?.attempts.length], ["failed", undefined, 1]);
});

test("a row names the passages that were found by their ids, with what became of each, and holds no word of them", async () => {
  const event = await run(steps());
  assert.deepEqual(event?.found, [
    { chunkId: "a", fileId: FILE, score: 0.1235, fate: "withheld" },
    { chunkId: "b", fileId: FILE, score: 1, fate: "read" },
  ]);
  assert.equal(JSON.stringify(event).includes("whole text"), false);
});

test("what is cited, read, kept back or cut off is told apart", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => passage(id));
  assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined);
  const fates = toFoundPassages({ found: [a, b, c, d], sifted: [a, c, d], read: 2, cited: new Set([1]) }).map(({ fate }) => fate);
  assert.deepEqual(fates, ["read", "withheld", "cited", "trimmed"]);
});
