import { test } from "bun:test";
import assert from "node:assert/strict";
import { WHOLE_TENANT } from "../domain/reader.ts";
import { systemClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import { createPostgresIndex } from "./postgres-index.ts";
import { createRetriever, queryTerms } from "./retriever.ts";

const ten = tenantIds.make(1);
const ask = { collection: "handbook", query: "vacation days", topK: 4, reader: WHOLE_TENANT };

function failing(error: unknown): Database {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return { engine: "postgres", query: fail, transaction: fail, batch: fail, ping: fail, close: fail };
}

test("a database that fails is a failed retrieval, never an empty one", async () => {
  for (const error of [new Fault("store_unavailable"), new Error("SQL 57014")]) {
    await assert.rejects(
      createRetriever({ index: createPostgresIndex({ db: failing(error), clock: systemClock, guardRev: 1 }) })(ten, ask),
      {
        code: "retrieval_failed",
      },
    );
  }
});

test("a collection that is not there is unknown", async () => {
  const db = { ...failing(new Error("unused")), query: async () => [] };
  await assert.rejects(createRetriever({ index: createPostgresIndex({ db, clock: systemClock, guardRev: 1 }) })(ten, ask), {
    code: "collection_unknown",
  });
});

test("a pasted page does not become a query of a thousand terms: its beginning and end are kept", () => {
  const words = Array.from({ length: 1000 }, (_, at) => `word${at}`);
  assert.equal(queryTerms(words.slice(0, 48).join(" ")).size, 48);
  const kept = queryTerms(words.join(" "));
  assert.equal(kept.size, 48);
  for (const word of ["word0", "word23", "word976", "word999"])
    assert.ok(
      [...queryTerms(word).keys()].every((id) => kept.has(id)),
      word,
    );
  assert.ok([...queryTerms("word500").keys()].every((id) => !kept.has(id)));
});

test("words that come twice in a question count twice", () => {
  assert.deepEqual([...queryTerms("vacation and Vacations in May").values()], [2]);
});
