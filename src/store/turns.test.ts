import { test } from "bun:test";
import assert from "node:assert/strict";
import { createTurns } from "./turns.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Asks for turns in order and tells which were given, in order. */
function createDesk() {
  const turns = createTurns();
  const given: string[] = [];
  const releases = new Map<string, () => void>();
  const ask = async (name: string, turn: Promise<() => void>): Promise<void> => {
    const release = await turn;
    given.push(name);
    releases.set(name, release);
  };
  return {
    given,
    read: (name: string) => void ask(name, turns.take("SELECT 1")),
    write: (name: string) => void ask(name, turns.take("INSERT INTO t VALUES (1)")),
    alone: (name: string) => void ask(name, turns.takeAlone()),
    async release(name: string) {
      releases.get(name)?.();
      await settle();
    },
  };
}

test("four statements go together, a fifth waits", async () => {
  const desk = createDesk();
  for (const name of ["a", "b", "c", "d", "e"]) desk.read(name);
  await settle();
  assert.deepEqual(desk.given, ["a", "b", "c", "d"]);
  await desk.release("b");
  assert.deepEqual(desk.given, ["a", "b", "c", "d", "e"]);
});

test("a transaction waits for the statements before it and holds up those after it", async () => {
  const desk = createDesk();
  desk.write("first");
  desk.alone("transaction");
  desk.write("later");
  await settle();
  assert.deepEqual(desk.given, ["first"]);
  await desk.release("first");
  assert.deepEqual(desk.given, ["first", "transaction"]);
  await desk.release("transaction");
  assert.deepEqual(desk.given, ["first", "transaction", "later"]);
});

test("two transactions never run at once", async () => {
  const desk = createDesk();
  desk.alone("one");
  desk.alone("two");
  await settle();
  assert.deepEqual(desk.given, ["one"]);
  await desk.release("one");
  await desk.release("one"); // Twice is once.
  desk.alone("three");
  await settle();
  assert.deepEqual(desk.given, ["one", "two"]);
});

test("a read overtakes waiting writes", async () => {
  const desk = createDesk();
  desk.alone("ingest 1");
  desk.alone("ingest 2");
  desk.read("question");
  await settle();
  await desk.release("ingest 1");
  assert.deepEqual(desk.given, ["ingest 1", "question"]);
  await desk.release("question");
  assert.deepEqual(desk.given, ["ingest 1", "question", "ingest 2"]);
});

test("a stream of reads cannot starve a write", async () => {
  const desk = createDesk();
  desk.alone("ingest 1");
  desk.alone("ingest 2");
  for (let n = 0; n < 40; n++) desk.read(`read ${n}`);
  await settle();
  await desk.release("ingest 1");
  for (let n = 0; n < 40; n++) await desk.release(`read ${n}`);
  const before = desk.given.indexOf("ingest 2");
  assert.ok(before > 0 && before <= 17, `after ${before} turns`);
});
