import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { WHOLE_TENANT } from "../domain/reader.ts";
import { createPostgresIndex, createRetriever, type PassageIndex, type Retrieve } from "../retrieve/index.ts";
import { openAccessWorld } from "./access-world.fixture.ts";
import { MARKED } from "./testing.ts";
import { createTestEmbedding } from "./testing-embedding.ts";

const world = await openAccessWorld(1);
const { k } = world;
afterAll(() => k.close());

const index = createPostgresIndex({ db: k.db, clock: k.clock, guardRev: MARKED.rev });
const retrieve = createRetriever({ index });

test("searches by three tenants with mixed groups find what they may, all of it and nothing else, while it changes", async () => {
  const wrong: string[] = [];
  let changes = 0;
  for (let query = 0; query < 240; query++) {
    if (query % 8 === 7) {
      await world.change();
      changes++;
    }
    const said = await world.ask(retrieve);
    if (said !== undefined) wrong.push(said);
  }
  assert.deepEqual(wrong, []);
  assert.ok(world.passages() > 300);
  console.log(`# access: 240 searches, ${changes} changes between them, ${world.passages()} passages, 0 outside the list, 0 missed`);
});

test("the same by vectors and words together", async () => {
  const dense = await openAccessWorld(3, "pglite", createTestEmbedding());
  try {
    const wrong: string[] = [];
    let byVectors = 0;
    const searched: Retrieve = async (tenantId, ask) => {
      const found = await dense.k.retrieve(tenantId, ask);
      // The generation of the vectors that were searched is the last part.
      if (found.indexVersion.split(".").length > 2) byVectors++;
      return found;
    };
    for (let query = 0; query < 160; query++) {
      if (query % 8 === 7) await dense.change();
      const said = await dense.ask(searched);
      if (said !== undefined) wrong.push(said);
    }
    assert.deepEqual(wrong, []);
    assert.equal(byVectors, 160);
    assert.deepEqual(dense.k.told, []);
    console.log(`# access: 160 searches of both legs, ${dense.passages()} passages, 0 outside the list, 0 missed`);
  } finally {
    await dense.k.close();
  }
});

/** Each is a fault of the kind that is made, and the check must see it. */
const FAULTS: Readonly<Record<string, (sound: PassageIndex) => PassageIndex>> = {
  "the reader is forgotten": (sound) => ({ ...sound, open: (ask) => sound.open({ ...ask, reader: WHOLE_TENANT }) }),
  "the filter is forgotten": (sound) => ({ ...sound, open: (ask) => sound.open({ ...ask, filter: undefined }) }),
  "a view is kept for ever": (sound) => {
    const kept = new Map<string, ReturnType<PassageIndex["open"]>>();
    return {
      ...sound,
      open(ask) {
        const key = JSON.stringify(ask);
        const view = kept.get(key) ?? sound.open(ask);
        kept.set(key, view);
        return view;
      },
    };
  },
  "what is not visible is filtered out of the best few": (sound) => ({
    ...sound,
    async sparse(view, asked, limit) {
      const whole = await sound.open({ ...view.ask, reader: WHOLE_TENANT, filter: undefined });
      return whole === undefined ? [] : (await sound.sparse(whole, asked, limit)).slice(0, 8);
    },
  }),
};

test("each planted fault of an index is seen by the same check", async () => {
  for (const [name, plant] of Object.entries(FAULTS)) {
    const faulty = createRetriever({ index: plant(index) });
    let seen = 0;
    for (let query = 0; query < 300 && seen === 0; query++) {
      if (query % 8 === 7) await world.change();
      if ((await world.ask(faulty)) !== undefined) seen++;
    }
    assert.ok(seen > 0, name);
  }
  console.log(`# access: ${Object.keys(FAULTS).length} of ${Object.keys(FAULTS).length} planted faults seen`);
});
