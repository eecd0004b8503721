import assert from "node:assert/strict";
import { test } from "bun:test";
import { createJournalTail, type ShipEvent } from "./journal-tail.ts";

const at = (offset: number) => ({ file: 1, offset });
const event = (body: string): ShipEvent => ({ hash: body, body, suspect: false });

test("a reader that stands at the end of a chunk without events finds what comes after it", () => {
  const tail = createJournalTail(at(0));
  tail.push([], at(0), at(10));
  assert.deepEqual(tail.take(at(0), 64), { events: [], to: at(10) });
  tail.push([], at(10), at(20));
  tail.push([event("a")], at(20), at(30));
  assert.deepEqual(tail.take(at(10), 64), { events: [event("a")], to: at(30) });
});

test("what comes while a batch is being shipped does not strand the reader at the batch's end", () => {
  const tail = createJournalTail(at(0));
  tail.push([event("a")], at(0), at(10));
  assert.deepEqual(tail.take(at(0), 64)?.to, at(10));
  tail.push([], at(10), at(20));
  tail.drop(at(10));
  assert.deepEqual(tail.from, at(10));
  tail.push([event("b")], at(20), at(30));
  assert.deepEqual(tail.take(at(10), 64), { events: [event("b")], to: at(30) });
});

test("places without events that nobody has read yet are joined to the chunk before them", () => {
  const tail = createJournalTail(at(0));
  tail.push([event("a")], at(0), at(10));
  tail.push([], at(10), at(20));
  assert.deepEqual(tail.take(at(0), 64), { events: [event("a")], to: at(20) });
});
