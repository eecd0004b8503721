import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testProse } from "../../src/ingest/testing.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { openDatabase } from "../../src/store/index.ts";
import type { Owner } from "../../src/store/engine.ts";
import { makeTenant, startChild, type WeirChild } from "./child.ts";

/** The server is killed so often while it indexes; the full number with WEIR_TEST_LONG=1. */
const KILLS = process.env["WEIR_TEST_LONG"] === "1" ? 100 : 6;
/** While the same files are indexed: some seconds, between starts of a second each. */
const KILLS_A_ROUND = 10;
const FILES = 4;
/** Of which one is indexed while its caller waits, and the others by jobs. */
const WORDS = [3_000, 170_000, 180_000, 190_000];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const CONFIG = "providers: {}\nmodels: {}\n";

type Stored = { readonly status: string; readonly id: string; readonly last_error: { readonly code: string } | null };

async function call<T>(url: string, key: string, method: string, path: string, body?: BodyInit): Promise<T> {
  const json = typeof body === "string" ? { "content-type": "application/json" } : {};
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...json },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  return JSON.parse(text) as T;
}

async function upload(url: string, key: string, name: string, text: string): Promise<string> {
  const form = new FormData();
  form.append("purpose", "user_data");
  form.append("file", new Blob([text]), name);
  return (await call<{ id: string }>(url, key, "POST", "/v1/files", form)).id;
}

async function whenCompleted({ url, errors }: WeirChild, key: string, path: string): Promise<void> {
  for (const until = performance.now() + 120_000; ;) {
    const { status, last_error: error } = await call<Stored>(url, key, "GET", path);
    if (status === "completed") return;
    assert.equal(status, "in_progress", `${path}: ${error?.code ?? ""}`);
    assert.ok(performance.now() < until, `${path} is not completed\n${errors().slice(-2000)}`);
    await wait(100);
  }
}

/** Every chunk and every posting of a collection, counted against what they must be. */
async function compareIndex(owner: Owner, name: string): Promise<Record<string, number>> {
  const [row] = await owner.query<Record<string, number>>(
    `WITH c AS (SELECT tenant_id, id, chunk_count, length_sum FROM collections WHERE name = $1),
       entries AS (
         SELECT p.term_id, get_byte(entries, at) + 256 * get_byte(entries, at + 1) + 65536 * get_byte(entries, at + 2) AS chunk
         FROM postings p JOIN c ON c.id = p.collection_id CROSS JOIN LATERAL generate_series(0, length(entries) - 8, 8) AS at)
     SELECT (SELECT count(*) FROM documents d JOIN c ON c.id = d.collection_id WHERE state = 'ready')::int AS documents,
       (SELECT count(*) FROM documents d JOIN c ON c.id = d.collection_id WHERE state <> 'ready')::int AS unready,
       (SELECT coalesce(sum(d.chunk_count), 0) FROM documents d JOIN c ON c.id = d.collection_id)::int AS announced,
       (SELECT count(*) FROM chunks k JOIN c ON c.id = k.collection_id)::int AS chunks,
       (SELECT chunk_count FROM c)::int AS counted,
       (SELECT count(*) FROM entries)::int AS postings,
       (SELECT count(*) FROM (SELECT DISTINCT term_id, chunk FROM entries) once)::int AS distinct_postings,
       (SELECT count(*) FROM entries WHERE NOT EXISTS (SELECT FROM chunks k JOIN c ON c.id = k.collection_id WHERE k.no = chunk))::int AS strays`,
    [name],
  );
  return row ?? {};
}

test(
  "a server that is killed at random points while it indexes has every document indexed exactly once in the end",
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "weir-kill-ingest-"));
    const config = join(dataDir, "weir.yaml");
    await writeFile(config, CONFIG);
    let child: WeirChild | undefined;
    try {
      child = await startChild(dataDir, config);
      const key = await makeTenant(child.url, "acme");
      const rounds: { name: string; files: string[] }[] = [];
      let kills = 0;
      const starts: number[] = [];
      for (let round = 0; kills < KILLS; round++) {
        const name = `round-${round}`;
        await call(child.url, key, "POST", "/v1/vector_stores", JSON.stringify({ name }));
        const files: string[] = [];
        for (let at = 0; at < FILES; at++)
          files.push(await upload(child.url, key, `${at}.txt`, testProse(round * FILES + at, WORDS[at] ?? 0)));
        const { url } = child;
        const asked = files.map((file_id) =>
          call(url, key, "POST", `/v1/vector_stores/${name}/files`, JSON.stringify({ file_id })).catch(() => undefined),
        );
        // The first is attached by a call that may die with the server; the others are certainly on their way.
        await Promise.all(asked.slice(1));
        for (let at = 0; at < KILLS_A_ROUND && kills < KILLS; at++) {
          await wait(Math.random() * 1500);
          child.signal("SIGKILL");
          await child.exited;
          kills++;
          child = await startChild(dataDir, config);
          starts.push(child.startedMs);
        }
        await Promise.all(asked);
        rounds.push({ name, files });
        // Whatever died with its caller is put in again; what is there already stays as it is.
        for (const file_id of files) await call(child.url, key, "POST", `/v1/vector_stores/${name}/files`, JSON.stringify({ file_id }));
        for (const file of files) await whenCompleted(child, key, `/v1/vector_stores/${name}/files/${file}`);
      }
      child.signal("SIGTERM");
      assert.equal(await child.exited, 0);

      const silent = { warn: () => undefined };
      const db = await openDatabase({ databaseUrl: undefined, dataDir, connections: 1, clock: systemClock, log: silent });
      const sums = { documents: 0, chunks: 0, postings: 0 };
      await db.asOwner(async (owner) => {
        for (const { name } of rounds) {
          const found = await compareIndex(owner, name);
          const { chunks = 0, postings = 0 } = found;
          assert.deepEqual(
            found,
            { documents: FILES, unready: 0, announced: chunks, chunks, counted: chunks, postings, distinct_postings: postings, strays: 0 },
            name,
          );
          assert.ok(chunks > 500 && postings > chunks);
          sums.documents += FILES;
          sums.chunks += chunks;
          sums.postings += postings;
        }
        // The same count tells of one posting that is written twice, and of one chunk that is lost.
        const [first] = rounds;
        await owner.script(
          "UPDATE postings SET entries = entries || entries WHERE (collection_id, term_id, block) = (SELECT collection_id, term_id, block FROM postings WHERE block = 0 LIMIT 1)",
        );
        await owner.query("DELETE FROM chunks WHERE collection_id = (SELECT id FROM collections WHERE name = $1) AND no = 7", [
          first?.name ?? "",
        ]);
        let told = 0;
        for (const { name } of rounds) {
          const { postings = 0, distinct_postings = 0, chunks = 0, announced = 0 } = await compareIndex(owner, name);
          told += Number(postings !== distinct_postings) + Number(chunks !== announced);
        }
        assert.equal(told, 2);
      });
      await db.close();
      const worst = Math.max(...starts).toFixed(0);
      console.log(
        `# kill -9 while indexing: ${kills} kills, ${sums.documents} documents, ${sums.chunks} chunks, ${sums.postings} postings: 0 lost, 0 doubled; slowest start ${worst} ms`,
      );
    } finally {
      child?.signal("SIGKILL");
      await child?.exited;
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  120_000 + KILLS * 40_000,
);
