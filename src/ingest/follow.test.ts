import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFollow, type FollowAsk, type ProgressEvent } from "./follow.ts";
import { openKnowledge } from "./testing.ts";

const k = await openKnowledge();
const { ingest, ten } = k;
afterAll(() => k.close());

/** What a follower hears while `step` runs at each of its pauses; it goes when `step` says false. */
async function hear(collection: string, step: (look: number) => Promise<boolean>, ask: Partial<FollowAsk> = {}): Promise<ProgressEvent[]> {
  const gone = new AbortController();
  let look = 0;
  const follow = createFollow({
    db: k.db,
    ending: new AbortController().signal,
    async wait() {
      if (!(await step(++look))) gone.abort();
    },
  });
  const heard: ProgressEvent[] = [];
  for await (const event of follow(ten, { collection, signal: gone.signal, goesOn: true, ...ask })) heard.push(event);
  return heard;
}
const brief = (events: readonly ProgressEvent[]): string[] =>
  events.map((event) =>
    event.kind === "file"
      ? `${event.filename} ${event.status} ${event.chunksDone}/${event.chunks ?? "?"}`
      : event.kind === "counts"
        ? `${event.completed} of ${event.total}, ${event.failed} failed`
        : "gone",
  );

test("a follower hears the counts first, then every file that changes, in whatever process, and the end", async () => {
  await ingest.createCollection(ten, { name: "followed" });
  const heard = await hear("followed", async (look) => {
    if (look === 1) await k.again().addFileToCollection(ten, "followed", (await file("a.txt", "Some words.")).id);
    if (look === 2) await ingest.addFileToCollection(ten, "followed", (await file("b.pdf", "%PDF-1.7 no")).id);
    if (look === 4) await ingest.deleteCollection(ten, "followed");
    return look < 9;
  });
  assert.deepEqual(brief(heard), [
    "0 of 0, 0 failed",
    "a.txt completed 1/1",
    "1 of 1, 0 failed",
    "b.pdf failed 0/?",
    "1 of 2, 1 failed",
    "gone",
  ]);
});

test("who comes back hears what came in between, also when it is more than one page", async () => {
  await ingest.createCollection(ten, { name: "missed" });
  const [first] = await hear("missed", () => Promise.resolve(false));
  assert.ok(first?.kind === "counts");
  await k.db.asOwner((owner) =>
    owner.query(
      `INSERT INTO collection_files (tenant_id, collection_id, file_id, status, lease_until, created_at)
       SELECT $1, c.id, 'file_' || lpad(n::text, 20, '0'), 'failed', now(), now() FROM collections c, generate_series(1, 1300) n WHERE c.name = 'missed'`,
      [ten],
    ),
  );
  const heard = await hear("missed", () => Promise.resolve(false), { sinceUs: first.resumeUs });
  const files = new Set(heard.flatMap((event) => (event.kind === "file" ? [event.fileId] : [])));
  assert.equal(files.size, 1300);
  assert.equal(brief(heard).at(-1), "0 of 1300, 1300 failed");
  console.log(`# progress: ${heard.length} events of ${files.size} files that changed while nobody listened`);
});

test("a follower who does not ask for more is let go when nothing is on its way", async () => {
  await ingest.createCollection(ten, { name: "done" });
  assert.deepEqual(brief(await hear("done", () => assert.fail("it waits"), { goesOn: false })), ["0 of 0, 0 failed"]);
});

test("a follower who is no longer let in hears that it is gone, and nothing of what comes after", async () => {
  await ingest.createCollection(ten, { name: "closing" });
  const reader = { kind: "member", groups: ["sales"], clearance: undefined, jurisdiction: undefined } as const;
  const step = async (look: number): Promise<boolean> => {
    if (look === 1) await ingest.updateCollection(ten, "closing", { access: { groups: ["hr"], classification: undefined } });
    if (look === 1) await ingest.addFileToCollection(ten, "closing", (await file("merger.txt", "Some words.")).id);
    return look < 5;
  };
  const heard = await hear("closing", step, { viewer: { owner: "somebody", ownOnly: false, reader } });
  assert.deepEqual(brief(heard), ["0 of 0, 0 failed", "gone"]);
});

test("another tenant's collection, and one that is not there, are the same to a follower", async () => {
  await ingest.createCollection(k.other, { name: "theirs" });
  for (const collection of ["theirs", "nowhere"])
    await assert.rejects(
      hear(collection, () => Promise.resolve(false)),
      { code: "collection_unknown" },
    );
});

async function file(filename: string, text: string) {
  return await ingest.createFile(ten, { filename, purpose: "user_data", bytes: Buffer.from(text) });
}
