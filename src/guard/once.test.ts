import assert from "node:assert/strict";
import { test } from "bun:test";
import { once, onceInCall, REMEMBERED_CHARACTERS_MIN, REMEMBERED_MAX } from "./once.ts";

const long = (n: number): string => `${String(n)} `.padEnd(REMEMBERED_CHARACTERS_MIN, "x");

test("a text is looked at once while it is asked for, and a short one every time", () => {
  const seen: string[] = [];
  const detect = once((text: string) => seen.push(text), "secret");
  assert.equal(detect(long(1)), 1);
  assert.equal(detect(long(1)), 1);
  assert.equal(detect(long(2)), 2);
  const short = "x".repeat(REMEMBERED_CHARACTERS_MIN - 1);
  assert.equal(detect(short), 3);
  assert.equal(detect(short), 4);
});

test("what is asked for stays, what is not goes, and there are never more than two generations", () => {
  let looks = 0;
  const detect = once(() => ++looks, "secret");
  const first = detect(long(0));
  for (let n = 1; n <= 3 * REMEMBERED_MAX; n++) {
    detect(long(n));
    if (n % 1000 === 0) assert.equal(detect(long(0)), first, "asked for all the time");
  }
  const before = looks;
  detect(long(3 * REMEMBERED_MAX));
  assert.equal(looks, before, "the newest is there");
  detect(long(1));
  assert.equal(looks, before + 1, "one of three generations ago is not");
});

test("a detector that throws has found nothing out, the second time too", () => {
  let looks = 0;
  const detect = once((): number => {
    looks++;
    throw new Error("no");
  }, "secret");
  for (let n = 0; n < 2; n++) assert.throws(() => detect(long(1)));
  assert.equal(looks, 2);
});

test("within a call every short text is looked at once, and what threw is tried again", () => {
  const seen: string[] = [];
  const detect = onceInCall((text: string) => {
    seen.push(text);
    if (text === "bad") throw new Error("no");
    return undefined;
  });
  for (const text of ["type", "id", "type", "", "id", ""]) detect(text);
  for (let n = 0; n < 2; n++) assert.throws(() => detect("bad"));
  assert.deepEqual(seen, ["type", "id", "", "bad", "bad"]);
});
