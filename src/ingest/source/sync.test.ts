import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSource, listRefused } from "../../store/sources.ts";
import { openKnowledge, testProse } from "../testing.ts";
import { type Connector, SourceProblem } from "./connector.ts";
import { createFolderConnector } from "./folder.ts";
import type { SourceSpec } from "./spec.ts";
import { createSync } from "./sync.ts";
import { openFolderPlace, openGitPlace, openS3Place } from "./testing.ts";

const k = await openKnowledge();
const { ingest, ten } = k;
afterAll(() => k.close());
const never = new AbortController().signal;

const specOf = (name: string, change: Partial<SourceSpec> = {}): SourceSpec => ({
  name,
  kind: "folder",
  tenant: "one",
  collection: name,
  schedule: undefined,
  include: [],
  exclude: [],
  fileBytesMax: 10_000,
  attributes: {},
  allowEmpty: false,
  place: name,
  ...change,
});

function syncWith(by = ingest) {
  return createSync({
    db: k.db,
    clock: k.clock,
    createFile: by.createFile,
    addFileToCollection: by.addFileToCollection,
    deleteFile: by.deleteFile,
    async openCollection(tenantId, name) {
      const found = await by.getCollection(tenantId, name).catch(() => undefined);
      return (found ?? (await by.createCollection(tenantId, { name }))).id;
    },
    async wait(ms) {
      k.clock.advance(ms);
      await by.idle();
    },
  });
}
const sync = syncWith();
async function run(spec: SourceSpec, connector: Connector) {
  k.clock.advance(1000);
  await sync(ten, spec, connector, never);
  await ingest.idle();
  return await findSource(k.db, ten, spec.name);
}
const files = async (collection: string): Promise<string[]> =>
  (await ingest.listCollectionFiles(ten, collection, { limit: 100 })).data
    .map(({ attributes, status }) => `${String(attributes["path"])} ${status}`)
    .toSorted();
const owned = async (source: string): Promise<number> => {
  const [row] = await k.db.asOwner((owner) =>
    owner.query<{ n: number }>("SELECT count(*)::int AS n FROM files WHERE owner_id = $1 AND deleted_at IS NULL", [`source:${source}`]),
  );
  return row?.n ?? -1;
};

for (const [kind, open] of [
  ["folder", openFolderPlace],
  ["git", openGitPlace],
  ["s3", openS3Place],
] as const) {
  test(`a collection holds what the place holds: new, changed, moved, removed (${kind})`, async () => {
    const place = await open();
    const spec = specOf(`mirror-${kind}`);
    place.put("a.md", "The otter swims.");
    place.put("deep/er/b c+d & e.txt", "The badger digs.");
    for (const name of ["v", "w", "x", "y"]) place.put(`${name}.txt`, `Words of ${name}.`);
    place.put("picture.png", "no text");
    place.publish();
    const first = await run(spec, place.connector);
    assert.deepEqual([first?.state, first?.error, first?.counts.added, first?.counts.refused], ["idle", undefined, 6, 0]);
    assert.deepEqual(
      await files(spec.name),
      ["a.md completed", "deep/er/b c+d & e.txt completed", ...["v", "w", "x", "y"].map((name) => `${name}.txt completed`)].toSorted(),
    );
    assert.deepEqual(await k.find(spec.name, "badger"), ["b c+d & e.txt"]);

    // A process that remembers nothing finds everything as it was.
    const again = await run(spec, place.again());
    assert.deepEqual([again?.counts.added, again?.counts.changed, again?.counts.removed, again?.counts.unchanged], [0, 0, 0, 6]);

    place.put("a.md", "The heron waits.");
    place.move("deep/er/b c+d & e.txt", "moved.txt");
    place.remove("v.txt");
    place.put("new.txt", "The lynx hides.");
    place.publish();
    const last = await run(spec, place.connector);
    assert.deepEqual([last?.counts.added, last?.counts.changed, last?.counts.removed, last?.counts.unchanged], [2, 1, 2, 3]);
    assert.deepEqual(
      await files(spec.name),
      ["a.md", "moved.txt", "new.txt", "w.txt", "x.txt", "y.txt"].map((name) => `${name} completed`),
    );
    assert.deepEqual(await k.find(spec.name, "otter"), []);
    assert.deepEqual(await k.find(spec.name, "heron"), ["a.md"]);
    assert.deepEqual(await k.find(spec.name, "badger"), ["moved.txt"]);
    assert.equal(await owned(spec.name), 6);
    console.log(`# source ${kind}: 3 runs, 6 documents, 1 changed, 1 moved, 1 removed, 1 of no kind that is read`);
    await place.close();
  });

  test(`what cannot be taken is told by name, and stops nothing else (${kind})`, async () => {
    const place = await open();
    const spec = specOf(`refused-${kind}`, { exclude: ["drafts/**"] });
    place.put("good.txt", "Good words.");
    place.put("large.txt", testProse(1, 4000));
    place.put("empty.txt", "");
    place.put("bad.pdf", "%PDF-1.7 no");
    place.put("drafts/x.txt", "not yet");
    const linked = place.link("circle.txt", ".") && place.link("folder/up.txt", "../..");
    place.publish();
    const state = await run(spec, place.connector);
    assert.equal(state?.state, "idle");
    const told = (await listRefused(k.db, ten, spec.name, 10)).map(({ key, error }) => `${key}: ${error}`);
    assert.deepEqual(told, [
      ...(linked
        ? ["circle.txt: It is a link, and links are not followed.", "folder/up.txt: It is a link, and links are not followed."]
        : []),
      "large.txt: It is longer than 10000 bytes.",
    ]);
    const stored = await files(spec.name);
    assert.deepEqual(stored, ["bad.pdf failed", "empty.txt failed", "good.txt completed"]);
    await place.close();
  });

  test(`a run that is cut off anywhere is gone on with: nothing twice, nothing left over (${kind})`, async () => {
    const place = await open();
    const spec = specOf(`cut-${kind}`);
    const texts = Array.from({ length: 8 }, (_, at) => `Words number${at} of the place.`);
    for (const [at, text] of texts.entries()) place.put(`${at}.txt`, text);
    place.publish();
    let cuts = 0;
    for (let calls = 1; calls < 9; calls++) {
      // It dies after so many things that it did to files.
      let left = calls;
      const stop = new AbortController();
      const die = (): void => {
        if (--left >= 0) return;
        stop.abort(new Error("killed"));
        throw new Error("killed");
      };
      const dying = syncWith({
        ...ingest,
        async createFile(...args) {
          die();
          return await ingest.createFile(...args);
        },
        async addFileToCollection(...args) {
          die();
          return await ingest.addFileToCollection(...args);
        },
        async deleteFile(...args) {
          die();
          return await ingest.deleteFile(...args);
        },
      });
      k.clock.advance(1000);
      const died = await dying(ten, spec, place.again(), stop.signal).then(
        () => false,
        () => true,
      );
      if (!died) continue;
      cuts += 1;
      assert.equal((await findSource(k.db, ten, spec.name))?.state, "running");
      for (const [at, text] of texts.entries()) if (at % 3 === 0) place.put(`${at}.txt`, `${text} And more, ${cuts}.`);
      place.publish();
    }
    const state = await run(spec, place.again());
    assert.equal(state?.state, "idle");
    assert.deepEqual(
      await files(spec.name),
      texts.map((_, at) => `${at}.txt completed`),
    );
    assert.equal(await owned(spec.name), texts.length);
    assert.ok(cuts >= 5, `${cuts} cuts`);
    console.log(`# source ${kind}: cut off ${cuts} times, ${texts.length} documents once each`);
    await place.close();
  });
}

test("a place that is not there removes nothing, and says so; one that was emptied on purpose does", async () => {
  const place = await openFolderPlace();
  const spec = specOf("emptied");
  place.put("a.txt", "Words.");
  await run(spec, place.connector);
  place.remove("a.txt");
  const refused = await run(spec, place.connector);
  assert.equal(refused?.state, "failed");
  assert.match(refused?.error ?? "", /The place is empty, and nothing was removed/);
  assert.deepEqual(await files("emptied"), ["a.txt completed"]);
  const emptied = await run({ ...spec, allowEmpty: true }, place.connector);
  assert.deepEqual([emptied?.state, emptied?.counts.removed], ["idle", 1]);
  await place.close();
  const gone = await run({ ...spec, allowEmpty: true }, place.connector);
  assert.deepEqual([gone?.state, /cannot be read \(ENOENT\)/.test(gone?.error ?? "")], ["failed", true]);
});

test("folder: a pipe that has taken a file's place is refused, and not waited for", async () => {
  const root = mkdtempSync(join(tmpdir(), "weir-pipe-"));
  execFileSync("mkfifo", [join(root, "a.txt")]);
  const connector = createFolderConnector({ path: root });
  await assert.rejects(connector.read({ key: "a.txt", etag: "" }, 100, never), {
    name: "DocumentProblem",
    message: "It is no file any more.",
  });
  rmSync(root, { recursive: true });
});

test("s3: a name that an address reads as a way up is refused, and nothing beside it is read", async () => {
  const place = await openS3Place();
  const spec = specOf("climbing", { exclude: ["drafts/**"] });
  place.put("good.txt", "Good words.");
  place.put("drafts/x.txt", "not yet");
  for (const key of ["a/../drafts/x.txt", "./drafts/x.txt", "../in/drafts/x.txt"]) place.put(key, "bait");
  await run(spec, place.connector);
  const told = (await listRefused(k.db, ten, spec.name, 10)).map(({ key }) => key);
  assert.deepEqual(told.toSorted(), ["../in/drafts/x.txt", "./drafts/x.txt", "a/../drafts/x.txt"]);
  assert.deepEqual(await files(spec.name), ["good.txt completed"]);
  await place.close();
});

test("what a run could not put into its collection is nobody's to see", async () => {
  const place = await openFolderPlace();
  place.put("board.txt", "For the board alone.");
  const broken = syncWith({ ...ingest, addFileToCollection: () => Promise.reject(new Error("cut off")) });
  const spec = specOf("cut-off", { attributes: { groups: "board" } });
  await assert.rejects(broken(ten, spec, place.connector, never), /cut off/);
  assert.equal(await owned("cut-off"), 1);
  const reader = { kind: "member", groups: [], clearance: undefined, jurisdiction: undefined } as const;
  const { data } = await ingest.listFiles(ten, { limit: 100 }, { owner: "somebody", ownOnly: false, reader });
  assert.ok(!data.some(({ filename }) => filename === "board.txt"));
  await place.close();
});

test("a connector waits while the index is behind", async () => {
  const place = await openFolderPlace();
  const spec = specOf("behind");
  for (let at = 0; at < 40; at++) place.put(`${at}.txt`, `Words number${at}.`);
  let underWay = 0;
  let most = 0;
  let waits = 0;
  const { id: collectionId } = await ingest.createCollection(ten, { name: "behind" });
  const set = (status: string): Promise<unknown> =>
    k.db.asOwner((owner) => owner.query("UPDATE collection_files SET status = $2 WHERE collection_id = $1", [collectionId, status]));
  const slow = createSync({
    db: k.db,
    clock: k.clock,
    createFile: ingest.createFile,
    deleteFile: ingest.deleteFile,
    openCollection: () => Promise.resolve(collectionId),
    async addFileToCollection(...args) {
      await ingest.addFileToCollection(...args);
      await set("in_progress");
      most = Math.max(most, ++underWay);
    },
    async wait() {
      waits += 1;
      underWay = 0;
      await set("completed");
    },
  });
  await slow(ten, spec, place.connector, never);
  assert.equal(most, 32);
  assert.ok(waits >= 1);
  await place.close();
});

test("git: no hook, redirect or other protocol is followed, a wrong token and a missing branch are told without the address", async () => {
  const place = await openGitPlace();
  place.put("a.txt", "Words.");
  place.publish();
  const { createGitConnector } = await import("./git.ts");
  const mirror = `/tmp/weir-git-mirror-${process.pid}`;
  const ask = (url: string, token: string | undefined, branch = "main") =>
    createGitConnector({ url, token, branch, folder: "", mirror }).list(undefined, never);
  for (const url of ["file:///etc", "ext::sh -c id", "/etc", "git://127.0.0.1/x"]) {
    await assert.rejects(ask(url, undefined), (error: unknown) => error instanceof SourceProblem && !error.message.includes(url));
  }
  await place.close();
});
