import assert from "node:assert/strict";
import { test } from "bun:test";
import { createUndo, undoInside } from "./undo.ts";

test("what was made last goes first; what cannot be taken away is named, also where it throws", async () => {
  const taken: string[] = [];
  const undo = createUndo();
  const take = (name: string, works: boolean) => async () => {
    taken.push(name);
    if (!works) throw new Error("the server is gone");
    return works;
  };
  for (const [name, works] of [
    ["tenant a", true],
    ["file 1", false],
    ["file 2", true],
  ] as const)
    undo.add(name, take(name, works));
  assert.deepEqual(await undo.all(), ["file 1"]);
  assert.deepEqual(taken, ["file 2", "file 1", "tenant a"]);
  assert.deepEqual(await undo.all(), []);
  assert.equal(taken.length, 3);
});

test("what stood in a tenant is gone with it, and is left where the tenant is", async () => {
  for (const [works, left] of [
    [true, []],
    [false, ["file 1", "tenant a"]],
  ] as const) {
    const undo = createUndo();
    undo.add("tenant a", async () => works);
    undoInside(undo, "tenant a").add("file 1", async () => false);
    assert.deepEqual(await undo.all(), left);
  }
});
