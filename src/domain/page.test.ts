import { test } from "bun:test";
import assert from "node:assert/strict";
import { joinPages, pagesOf, placeOf } from "./page.ts";

const PAGES = [
  { offset: 0, page: 1 },
  { offset: 100, page: 2 },
  // Page 3 is empty.
  { offset: 200, page: 4 },
];

test("a stretch is on the page that began before it, and on those that begin in it", () => {
  assert.deepEqual(pagesOf(PAGES, { start: 0, end: 100 }), [{ offset: 0, page: 1 }]);
  assert.deepEqual(pagesOf(PAGES, { start: 100, end: 101 }), [{ offset: 100, page: 2 }]);
  assert.deepEqual(pagesOf(PAGES, { start: 50, end: 201 }), [{ offset: 50, page: 1 }, ...PAGES.slice(1)]);
  assert.equal(placeOf(PAGES, { start: 150, end: 200 }), "p. 2");
  assert.equal(placeOf(PAGES, { start: 150, end: 201 }), "pp. 2-4");
  assert.equal(placeOf(undefined, { start: 0, end: 9 }), undefined);
});

test("stretches that overlap or touch have each page once", () => {
  const [first, second] = [pagesOf(PAGES, { start: 50, end: 150 }), pagesOf(PAGES, { start: 120, end: 250 })];
  assert.deepEqual(joinPages(first, second), pagesOf(PAGES, { start: 50, end: 250 }));
  const [left, right] = [pagesOf(PAGES, { start: 0, end: 100 }), pagesOf(PAGES, { start: 100, end: 150 })];
  assert.deepEqual(joinPages(left, right), pagesOf(PAGES, { start: 0, end: 150 }));
});
