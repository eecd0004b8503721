import type { Attributes } from "../domain/access.ts";
import { CLASSIFICATIONS, WHOLE_TENANT, type AttributeFilter, type Reader } from "../domain/reader.ts";
import { tenantIds, type FileId, type TenantId } from "../kernel/ids.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import type { Retrieve } from "../retrieve/index.ts";
import { mayFind } from "./access-model.fixture.ts";
import type { TestEmbedding } from "./testing-embedding.ts";
import { openKnowledge, type Knowledge } from "./testing.ts";
import type { TestEngine } from "../store/testing.ts";

type Dice = { one<const T>(of: readonly [T, ...T[]]): T; below(count: number): number; chance(share: number): boolean };
function createDice(seed: number): Dice {
  const random = createSeededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  return { below, chance: (share) => random() < share, one: (of) => of[below(of.length)] ?? of[0] };
}

const GROUPS = ["hr", "legal", "works council", "Vertrieb/Süd", "it"] as const;
const PLACES = ["eu", "us", "ch"] as const;
const TEXTS = 24;
/** Each content is one chunk, and every search finds all that it may. */
export const TOP_K = 50;
export const COLLECTION = "shared name";

type Doc = { readonly fileId: FileId; readonly text: number; attributes: Attributes };
type Tenant = { readonly id: TenantId; readonly docs: Doc[] };

export type AccessWorld = {
  readonly k: Knowledge;
  readonly tenants: readonly Tenant[];
  readonly dice: Dice;
  /** A document comes, goes, or is for others than before; or time passes. */
  change(): Promise<void>;
  /** One search by somebody at random. What is wrong with what came back; undefined: nothing. */
  ask(retrieve: Retrieve): Promise<string | undefined>;
  /** Passages that came back so far. */
  passages(): number;
};

/** Three tenants with the same words in collections of the same name, and documents for mixed groups; some files share their content. */
export async function openAccessWorld(seed: number, engine: TestEngine = "pglite", embedding?: TestEmbedding): Promise<AccessWorld> {
  const k = await openKnowledge(engine, embedding);
  const dice = createDice(seed);
  const third = tenantIds.make(k.clock.nowMs());
  await k.db.asOwner((owner) =>
    owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, 'third', 'third', '\\x00', now())", [third]),
  );
  const tenants = [k.ten, k.other, third].map((id): Tenant => ({ id, docs: [] }));
  let files = 0;
  let passages = 0;

  const randomAttributes = (): Attributes => {
    const nowS = Math.floor(k.clock.nowMs() / 1000);
    const some = (names: readonly string[]): string => names.filter(() => dice.chance(0.4)).join(", ") || (names[0] ?? "");
    return {
      ...(dice.chance(0.5) ? { groups: some(GROUPS) } : {}),
      ...(dice.chance(0.3) ? { classification: dice.one(CLASSIFICATIONS) } : {}),
      ...(dice.chance(0.2) ? { jurisdiction: some(PLACES) } : {}),
      ...(dice.chance(0.15) ? { effective_from: nowS + dice.below(200) - 100 } : {}),
      ...(dice.chance(0.15) ? { effective_until: nowS + 101 + dice.below(200) } : {}),
      ...(dice.chance(0.6) ? { year: 2020 + dice.below(6) } : {}),
      ...(dice.chance(0.3) ? { year: String(2020 + dice.below(6)) } : {}),
      ...(dice.chance(0.5) ? { draft: dice.chance(0.5) } : {}),
      ...(dice.chance(0.5) ? { author: dice.one(["Ada", "Zoë", "O'Hara", "a"]) } : {}),
    };
  };

  async function add(tenant: Tenant): Promise<void> {
    const text = dice.below(TEXTS);
    const attributes = randomAttributes();
    k.clock.advance(1);
    const bytes = Buffer.from(`A note on leave. Number word${text} of the series.`);
    const file = await k.ingest.createFile(tenant.id, { filename: `note-${files++}.txt`, purpose: "user_data", bytes });
    const { status } = await k.ingest.addFileToCollection(tenant.id, COLLECTION, file.id, attributes);
    if (status !== "completed") throw new Error(`a document is ${status}`);
    tenant.docs.push({ fileId: file.id, text, attributes });
  }

  for (const tenant of tenants) {
    await k.ingest.createCollection(tenant.id, { name: COLLECTION });
    for (let made = 0; made < 30; made++) await add(tenant);
  }

  const some = (): Tenant => tenants[dice.below(tenants.length)] ?? { id: k.ten, docs: [] };
  return {
    k,
    tenants,
    dice,
    passages: () => passages,
    async change() {
      const tenant = some();
      const at = dice.below(tenant.docs.length);
      const doc = tenant.docs[at];
      const what = dice.below(4);
      if (what === 0 || doc === undefined) await add(tenant);
      else if (what === 1) {
        doc.attributes = randomAttributes();
        await k.ingest.updateCollectionFile(tenant.id, COLLECTION, doc.fileId, doc.attributes);
      } else if (what === 2) {
        tenant.docs.splice(at, 1);
        if (dice.chance(0.5)) await k.ingest.deleteFile(tenant.id, doc.fileId);
        else await k.ingest.removeFileFromCollection(tenant.id, COLLECTION, doc.fileId);
      } else k.clock.advance(dice.below(60_000));
    },
    async ask(retrieve) {
      const tenant = some();
      const reader = randomReader(dice);
      const filter = dice.chance(0.5) ? randomFilter(dice, 2) : undefined;
      const found = await retrieve(tenant.id, { collection: COLLECTION, query: "leave", topK: TOP_K, reader, filter });
      passages += found.passages.length;
      const visible = tenant.docs.filter((doc) => mayFind(doc.attributes, reader, filter, k.clock.nowMs()));
      const named = found.passages.map(({ fileId }) => visible.find((doc) => doc.fileId === fileId)?.text);
      if (named.includes(undefined)) return `outside the list: ${JSON.stringify({ reader, filter })}`;
      const expected = new Set(visible.map((doc) => doc.text));
      const missed = named.length !== expected.size || named.some((text) => text === undefined || !expected.has(text));
      return missed ? `not all of it: ${JSON.stringify({ reader, filter })}` : undefined;
    },
  };
}

function randomReader(dice: Dice): Reader {
  if (dice.chance(0.1)) return WHOLE_TENANT;
  return {
    kind: "member",
    groups: GROUPS.filter(() => dice.chance(0.35)),
    clearance: dice.chance(0.5) ? dice.one(CLASSIFICATIONS) : undefined,
    jurisdiction: dice.chance(0.5) ? dice.one(PLACES) : undefined,
  };
}

const KEYS = ["year", "draft", "author", "groups", "missing"] as const;
const VALUES: readonly [string | number | boolean, ...(string | number | boolean)[]] = [
  2021,
  2023,
  "2022",
  "2024",
  true,
  false,
  "Ada",
  "Zoë",
  "O'Hara",
  "hr",
  "",
];

function randomFilter(dice: Dice, depth: number): AttributeFilter {
  if (depth > 0 && dice.chance(0.4)) {
    const filters = Array.from({ length: 1 + dice.below(3) }, () => randomFilter(dice, depth - 1));
    return { type: dice.one(["and", "or"]), filters };
  }
  const key = dice.one(KEYS);
  if (dice.chance(0.3)) return { type: dice.one(["in", "nin"]), key, value: VALUES.filter(() => dice.chance(0.4)) };
  const value = dice.one(VALUES);
  if (typeof value === "boolean") return { type: dice.one(["eq", "ne"]), key, value };
  return { type: dice.one(["eq", "ne", "gt", "gte", "lt", "lte"]), key, value };
}
