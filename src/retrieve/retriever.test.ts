import { test } from "bun:test";
import assert from "node:assert/strict";
import { WHOLE_TENANT } from "../domain/reader.ts";
import { systemClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import { createPostgresIndex } from "./postgres-index.ts";
import { createRetriever } from "./retriever.ts";

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
