import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { progressEvent } from "../../src/contract/knowledge-progress.ts";
import { testProse } from "../../src/ingest/testing.ts";
import { ADMIN_KEY, startWeir } from "./server.ts";

const weir = await startWeir();
afterAll(() => weir.close());
const { key } = await weir.tenant("acme");
const { key: other } = await weir.tenant("other");

async function put(store: string, name: string, text: string, by = key): Promise<string> {
  const form = new FormData();
  form.append("purpose", "user_data");
  form.append("file", new Blob([text]), name);
  const made = await fetch(`${weir.url}/v1/files`, { method: "POST", headers: { authorization: `Bearer ${by}` }, body: form });
  const { id } = (await made.json()) as { id: string };
  await weir.call("POST", `/v1/vector_stores/${store}/files`, { file_id: id }, { key: by });
  return id;
}

type Heard = { readonly name: string; readonly id: string; readonly data: ReturnType<typeof progressEvent.parse> };
function parse(text: string): Heard[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      return { name: field("event"), id: field("id"), data: progressEvent.parse(JSON.parse(field("data"))) };
    });
}
const listen = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${weir.url}/v1/vector_stores/${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } });

test("a collection's progress is told from the first look to the last, and again from where a listener broke off", async () => {
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  const large = await put("house", "large.txt", testProse(1, 180_000));
  const bad = await put("house", "bad.pdf", "%PDF-1.7 no");
  const answer = await listen("house/events");
  assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
  const heard = parse(await answer.text());
  const of = (id: string) => heard.flatMap(({ data }) => (data.object === "vector_store.file.progress" && data.id === id ? [data] : []));
  const done = of(large).map(({ chunks }) => chunks.done);
  assert.deepEqual(
    done,
    done.toSorted((a, b) => a - b),
  );
  assert.equal(of(large).at(-1)?.status, "completed");
  assert.equal(of(large).at(-1)?.chunks.done, of(large).at(-1)?.chunks.total);
  assert.deepEqual([of(bad)[0]?.status, of(bad)[0]?.last_error?.code], ["failed", "invalid_file"]);
  const last = heard.at(-1);
  assert.ok(last?.data.object === "vector_store.progress");
  assert.deepEqual(last.data.file_counts, { in_progress: 0, completed: 1, failed: 1, cancelled: 0, total: 2 });

  const again = await put("house", "new.txt", "New words.");
  const missed = parse(await (await listen("house/events", { "last-event-id": last.id })).text());
  assert.ok(missed.some(({ data }) => data.object === "vector_store.file.progress" && data.id === again && data.status === "completed"));
  console.log(`# progress: ${heard.length} events of two files, ${done.length} of the large one; ${missed.length} after coming back`);
});

test("who follows and loses a group, or the key, hears nothing of what comes after", async () => {
  const keys = "/admin/v1/tenants/acme/keys";
  const member = (): Promise<{ id: string; key: string }> => weir.call("POST", keys, { name: "m", groups: ["hr"] });
  const [patched, revoked] = [await member(), await member()];
  await weir.call("POST", "/v1/vector_stores", { name: "watched", weir: { access: { groups: ["hr"] } } }, { key: patched.key });
  const boss = await weir.call<{ key: string }>("POST", keys, { name: "b", role: "tenant-admin" });
  const follow = (who: { key: string }) => listen("watched/events?follow=true", { authorization: `Bearer ${who.key}` });
  const streams = [await follow(patched), await follow(revoked)];
  await weir.call("PATCH", `${keys}/${patched.id}`, { groups: ["sales"] });
  await weir.call("DELETE", `${keys}/${revoked.id}`);
  await put("watched", "merger.txt", "Some words.", boss.key);
  const [gone = "", refused = ""] = await Promise.all(streams.map((stream) => stream.text()));
  assert.match(gone, /event: vector_store\.deleted\ndata: \S+\s*$/);
  assert.match(refused, /event: error\ndata: /);
  for (const text of [gone, refused]) assert.ok(!text.includes("merger.txt"));
});

test("a listener that stays hears what comes, and the end", async () => {
  await weir.call("POST", "/v1/vector_stores", { name: "short" }, { key });
  const answer = await listen("short/events?follow=true");
  await put("short", "a.txt", "Words.");
  await weir.call("DELETE", "/v1/vector_stores/short", undefined, { key });
  const names = parse(await answer.text()).map(({ name }) => name);
  assert.equal(names.at(-1), "vector_store.deleted");
});

test("what cannot be followed or tried again is told plainly", async () => {
  assert.equal((await listen("nowhere/events")).status, 404);
  assert.equal((await listen("house/events?follow=maybe")).status, 400);
  assert.equal((await listen("house/events?more=1")).status, 400);
  assert.equal((await listen("house/events", { "last-event-id": "x" })).status, 400);
  const { data } = await weir.call<{ data: { id: string; status: string }[] }>(
    "GET",
    "/v1/vector_stores/house/files?filter=failed",
    undefined,
    { key },
  );
  const [failed] = data;
  assert.equal(data.length, 1);
  const retry = (file: string, by = key) =>
    fetch(`${weir.url}/v1/vector_stores/house/files/${file}/retry`, { method: "POST", headers: { authorization: `Bearer ${by}` } });
  const tried = await retry(failed?.id ?? "");
  assert.deepEqual([tried.status, ((await tried.json()) as { status: string }).status], [200, "failed"]);
  assert.equal((await retry(failed?.id ?? "", other)).status, 404);
  const { data: good } = await weir.call<{ data: { id: string }[] }>("GET", "/v1/vector_stores/house/files?filter=completed", undefined, {
    key,
  });
  assert.equal((await retry(good[0]?.id ?? "")).status, 409);
});

test("metrics tell how long files took, and of the oldest one on its way", async () => {
  const text = await (await fetch(`${weir.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })).text();
  assert.match(text, /^weir_index_lag_seconds \d/m);
  assert.ok(Number(/^weir_index_seconds_count (\d+)$/m.exec(text)?.[1]) >= 2, text.slice(0, 200));
});
