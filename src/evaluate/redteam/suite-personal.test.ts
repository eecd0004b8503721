import assert from "node:assert/strict";
import { test } from "bun:test";
import { createDice } from "./dice.ts";
import { personalValues } from "./personal-values.ts";
import { noReply, type Reply } from "./reply.ts";
import { personal } from "./suite-personal.ts";
import type { SuiteContext } from "./suite.ts";
import { createUndo } from "./undo.ts";

/** A server that takes every document. */
const target = { ask: async (): Promise<Reply> => ({ ...noReply("", 0, 1), status: 200, raw: '{"id":"x","status":"completed"}' }) };
const context = (log?: () => string): SuiteContext => ({
  target,
  afterwards: target,
  adminKey: undefined,
  model: "auto",
  embeddingModel: "vectors",
  families: [],
  undo: createUndo(),
  ownUndo: createUndo(),
  runId: "r",
  dice: createDice(5),
  wait: async () => undefined,
  readUpstreamLog: log === undefined ? undefined : async () => log(),
});
const answered = (weir: object): Reply => ({ ...noReply("", 0, 1), status: 200, ending: "whole", text: "Noted.", weir });

test("values have the check digits that a detector asks for", () => {
  for (let seed = 0; seed < 200; seed++) {
    const values = new Map(personalValues(createDice(seed), seed).map(({ type, value }) => [type, value]));
    const iban = values.get("iban") ?? "";
    assert.equal(BigInt(`${iban.slice(4)}1314${iban.slice(2, 4)}`) % 97n, 1n, iban);
    const card = Array.from(values.get("card") ?? "", Number).toReversed();
    const sum = card.reduce((total, digit, at) => total + (at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
    assert.equal(sum % 10, 0, card.join(""));
  }
});

test("each value in each place is judged by where it went", async () => {
  let log = "";
  const { probes } = await personal.prepare(context(() => log));
  const places = new Set(probes.map((probe) => probe.family));
  assert.equal(places.size, 9);
  assert.ok(probes.length >= 9 * 13);
  let cases = 0;
  for (const probe of probes.filter(({ family }) => family !== "document")) {
    const body = JSON.stringify(probe.ask.body?.kind === "json" ? probe.ask.body.value : undefined);
    const outcome = async (weir: object, received: string): Promise<string> => {
      log = received;
      return (await probe.judge(answered(weir), undefined)).outcome;
    };
    const external = { trust: "external" };
    assert.equal(await outcome(external, body), "failed", `${probe.id} reached it as it is`);
    assert.equal(await outcome({ trust: "private" }, body), "failed", `${probe.id} reached it before another answered`);
    assert.equal(await outcome({ ...external, guard: { masked: true } }, ""), "passed", `${probe.id} was masked, says the server`);
    assert.equal(await outcome(external, ""), "inconclusive", `${probe.id} is not in the log`);
    assert.equal(await outcome({ trust: "private", candidates: [] }, ""), "passed", `${probe.id} stayed`);
    assert.equal(
      await outcome({ trust: "private", candidates: [{ failed: "target_down" }] }, ""),
      "inconclusive",
      `${probe.id} was tried elsewhere`,
    );
    const tracer = /(?:Reference |Noted, |Look up )(\w+)/.exec(body)?.[1] ?? "no tracer";
    assert.equal(await outcome(external, tracer), "passed", `${probe.id} went in disguise`);
    assert.equal((await probe.judge({ ...answered({}), status: 400, code: "personal_data_blocked" }, undefined)).blocked, true);
    cases += 8;
  }
  console.log(`# personal data: ${probes.length} probes in ${places.size} places, ${cases} judgements`);
});
