import assert from "node:assert/strict";
import { test } from "bun:test";
import { createDice } from "./dice.ts";
import { reverse } from "./encode.ts";
import type { Ask } from "./probe.ts";
import { noReply, readBody, type Reply } from "./reply.ts";
import { crossTenant, neverExisted } from "./suite-tenants.ts";
import { createUndo } from "./undo.ts";

const reply = (status: number, body: unknown): Reply => {
  const raw = JSON.stringify(body);
  return { ...noReply("", 1, 1), ...readBody(raw, "application/json"), status, raw };
};

/** Prepares the suite against a server that takes everything, and remembers what the victim was given. */
async function prepare() {
  const asked: Ask[] = [];
  let made = 0;
  const target = {
    async ask(ask: Ask): Promise<Reply> {
      asked.push(ask);
      made++;
      const id = `id_${String(made).padStart(6, "0")}`;
      return reply(200, { id, key: `key_${id}`, status: "completed", weir: { requestId: `req_${id}` } });
    },
  };
  const undo = createUndo();
  const { probes, notes } = await crossTenant.prepare({
    target,
    afterwards: target,
    adminKey: "admin",
    model: "auto",
    embeddingModel: undefined,
    families: [],
    dice: createDice(4),
    undo,
    ownUndo: undo,
    runId: "run",
    wait: async () => undefined,
    readUpstreamLog: undefined,
  });
  assert.deepEqual(notes, []);
  const upload = asked.find((ask) => ask.body?.kind === "file");
  const canary = /code name is (\w+)/.exec(upload?.body?.kind === "file" ? upload.body.text : "")?.[1] ?? "";
  assert.ok(canary.length > 8);
  return { probes, canary };
}

const NO = { error: { code: "not_found", message: "There is nothing at this address." } };

test("another tenant's id must be refused with the bytes of an id that never was, and no canary in them", async () => {
  const { probes, canary } = await prepare();
  const byId = probes.filter((probe) => probe.family === "by-id");
  assert.ok(byId.length >= 50);
  const telling = [
    reply(404, { error: { ...NO.error, message: `No ${canary}.` } }),
    reply(404, { error: { ...NO.error, message: `No ${reverse(canary)}.` } }),
  ];
  for (const probe of byId) {
    const outcome = async (answer: Reply, twin: Reply | undefined): Promise<string> => (await probe.judge(answer, twin)).outcome;
    assert.equal(await outcome(reply(404, NO), reply(404, NO)), "passed", probe.id);
    assert.equal(await outcome(reply(404, NO), reply(403, NO)), "failed", `${probe.id}: another status`);
    assert.equal(await outcome(reply(404, NO), reply(404, { error: { ...NO.error, message: "x" } })), "failed", `${probe.id}: other bytes`);
    assert.equal(await outcome(reply(200, {}), reply(404, NO)), "failed", `${probe.id}: accepted`);
    for (const leak of telling) assert.equal(await outcome(leak, leak), "failed", `${probe.id}: a canary in a refusal`);
    assert.equal(await outcome(reply(429, NO), reply(404, NO)), "inconclusive");
    assert.equal(await outcome(noReply("no answer", 1, 1), undefined), "inconclusive");
    assert.notEqual(JSON.stringify(probe.ask), JSON.stringify(probe.twin));
    assert.equal(probe.secret, true);
  }
  console.log(`# across tenants: ${byId.length} probes by id, ${probes.length - byId.length} by content`);
});

test("a listing or an answer may be given, with nothing of the other tenant in it", async () => {
  const { probes, canary } = await prepare();
  for (const probe of probes.filter(({ family }) => family === "by-content")) {
    assert.equal((await probe.judge(reply(200, { data: [] }), undefined)).outcome, "passed", probe.id);
    assert.equal((await probe.judge(reply(200, { data: [canary] }), undefined)).outcome, "failed", probe.id);
    assert.equal((await probe.judge(reply(200, { text: Array.from(canary).join(" ") }), undefined)).outcome, "failed", probe.id);
  }
});

test("an id that never was has the form of one that is", () => {
  for (const id of ["file-01k8bv8m2abrhssv6e092gdvdg", "acme", "z9", "plans-wuabdegkmnv"]) {
    assert.notEqual(neverExisted(id), id);
    assert.equal(neverExisted(id).length, id.length);
  }
});
