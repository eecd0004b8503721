import { test } from "bun:test";
import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { listAllKeys, listAllPaths } from "./list-all.ts";

const PAGE = 1000;
const nameOf = (each: number): string => `files/${String(each).padStart(6, "0")}`;

/** A store that holds so many, and how often it was asked. */
function storeOf(count: number) {
  const names = new Set(Array.from({ length: count }, (_, each) => nameOf(each)));
  let asked = 0;
  const list = async (prefix: string, { after = "", limit = PAGE }: { after?: string | undefined; limit?: number | undefined } = {}) => {
    asked++;
    return [...names].filter((name) => name.startsWith(prefix) && name > after).slice(0, limit);
  };
  return { names, list, asked: () => asked };
}

test("all of them come, each once and in order, at a full page, one below and one past it", async () => {
  const counts = [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE];
  for (const count of counts) {
    const { names, list, asked } = storeOf(count);
    assert.deepEqual(await Array.fromAsync(listAllPaths({ list }, "files/")), [...names], String(count));
    assert.equal(asked(), Math.floor(count / PAGE) + 1);
    const keys = listAllKeys({ listObjects: (_, prefix, options) => list(prefix, options) }, tenantIds.make(0), "files/");
    assert.equal((await Array.fromAsync(keys)).length, count);
  }
  console.log(`# listings: ${counts.length} sizes, each name once`);
});

test("what is deleted as it comes makes none of the others be passed over", async () => {
  const { names, list } = storeOf(2 * PAGE + 5);
  for await (const path of listAllPaths({ list }, "files/")) names.delete(path);
  assert.equal(names.size, 0);
});
