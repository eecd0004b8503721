import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Finding, FindingType } from "../../domain/finding.ts";
import { spread } from "./spread.ts";

const found = (start: number, end: number): Finding => ({ type: "PERSON", start, end, score: 1, reason: "x" });
const values = (...list: readonly string[]): ReadonlyMap<string, FindingType> => new Map(list.map((value) => [value, "PERSON"]));

test("other places of a value are added in order, but none in a word or over another finding", () => {
  const text = "Annie, annies Annie; Annies xAnnie Annie Miller Annie";
  const all = spread(text, [found(0, 5), found(35, 47)], values("Annie", "Annie Miller"));
  assert.deepEqual(
    all.map(({ start, end }) => [start, end]),
    [
      [0, 5],
      [14, 19],
      [35, 47],
      [48, 53],
    ],
  );
  const untouched = [found(0, 5)];
  assert.equal(spread("Annie alone", untouched, values("Annie")), untouched, "nothing to add: the same list");
});

test("findings still ascend and stay apart where values overlap one another", () => {
  const text = "ab-cd-ef ab-cd cd-ef ab-cd-ef";
  const all = spread(text, [], values("cd-ef", "ab-cd", "ab-cd-ef"));
  for (const [at, finding] of all.entries()) assert.ok(finding.start >= (all[at - 1]?.end ?? 0), JSON.stringify(all));
  assert.equal(all.length, 4);
});

/** Reads of the list of findings: the time of a machine with others on it says nothing. */
function countedReads(findings: readonly Finding[]): { readonly list: readonly Finding[]; reads(): number } {
  let reads = 0;
  const list = new Proxy(findings, {
    get(target, key, receiver) {
      reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  return { list, reads: () => reads };
}

test("a value that stands in a text thousands of times costs no more for each place", () => {
  const readsOf = (places: number): number => {
    const text = "ann@example.com, ".repeat(places);
    const { list, reads } = countedReads(Array.from({ length: places }, (_, at) => found(at * 17, at * 17 + 15)));
    assert.equal(spread(text, list, values("ann@example.com")), list);
    return reads() / places;
  };
  assert.ok(readsOf(4000) < 1.5 * readsOf(400), `${String(readsOf(400))} reads a place, then ${String(readsOf(4000))}`);
});
