import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFoundBy } from "./found-by.ts";

test("each chunk of the common list is told its rank and score in the legs that found it, and no other chunk is told of", () => {
  const foundBy = createFoundBy({
    words: [
      { no: 5, score: 9.5 },
      { no: 7, score: 3 },
    ],
    vectors: [
      { no: 7, score: 0.9 },
      { no: 8, score: 0.5 },
    ],
    together: [
      { no: 7, score: 1 },
      { no: 5, score: 0.4 },
    ],
  });
  assert.deepEqual(foundBy(7), {
    words: { rank: 2, score: 3 },
    vectors: { rank: 1, score: 0.9 },
    together: { rank: 1, score: 1 },
  });
  assert.deepEqual(foundBy(5), { words: { rank: 1, score: 9.5 }, vectors: undefined, together: { rank: 2, score: 0.4 } });
  assert.equal(foundBy(8), undefined);
  console.log("# found by: three chunks of two legs");
});
