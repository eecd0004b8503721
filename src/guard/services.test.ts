import assert from "node:assert/strict";
import { test } from "bun:test";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import { systemFetch } from "../kernel/outbound.ts";
import { createModelDetector } from "./model-detector.ts";
import { createOpinion, type OpinionOptions } from "./opinion.ts";
import { external, guardCall, own, testGuard } from "./testing.ts";

type Answer = (path: string, body: Readonly<Record<string, unknown>>) => unknown;

/** A guard service on a real socket; a function answers by JSON, a listener as it likes. */
async function withService(
  answer: Answer | { readonly listener: RequestListener },
  run: (url: string, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (typeof answer !== "function") return answer.listener(request, response);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      asked.push(`${request.url ?? ""} ${request.headers.authorization ?? "-"} ${text}`);
      response.end(JSON.stringify(answer(request.url ?? "", JSON.parse(text))));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
    await run(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const said = (content: string) => ({ choices: [{ message: { role: "assistant", content } }] });
const bad = (body: Readonly<Record<string, unknown>>): boolean => JSON.stringify(body).includes("evil");
/** As each service answers; the text that holds "evil" is an attack. */
const ANSWERS: Readonly<Record<OpinionOptions["kind"], Answer>> = {
  moderation: (_path, body) => ({ id: "m", model: "x", results: [{ flagged: bad(body), categories: {}, category_scores: {} }] }),
  "llama-guard": (_path, body) => said(bad(body) ? "\n\nunsafe\nS14" : "\n\nsafe"),
  "prompt-guard": (_path, body) => [
    [
      { label: "JAILBREAK", score: bad(body) ? 0.97 : 0.02 },
      { label: "BENIGN", score: bad(body) ? 0.03 : 0.98 },
    ],
  ],
};
const KINDS = ["moderation", "llama-guard", "prompt-guard"] as const;
const options = (kind: OpinionOptions["kind"], url: string, onFailure: OpinionOptions["onFailure"] = "refuse"): OpinionOptions => ({
  kind,
  url,
  apiKey: "k",
  model: "guard",
  timeoutMs: 5000,
  onFailure,
});
const asks = (content: string, opinions: readonly OpinionOptions[], policy: Partial<GuardPolicy> = {}) => {
  const guard = testGuard(policy, { opinions: opinions.map((each) => createOpinion(systemFetch, each)) });
  return { refused: guard.refused, checked: (async () => await guard.check(guardCall({ messages: [{ role: "user", content }] })))() };
};

test("a guard model refuses what the built-in classifier lets pass, and lets the rest pass", async () => {
  for (const kind of KINDS)
    await withService(ANSWERS[kind], async (url, asked) => {
      const attack = asks("evil words", [options(kind, url)]);
      await assert.rejects(attack.checked, { code: "injection_blocked" });
      assert.deepEqual(attack.refused, [{ code: "injection_blocked", saw: [`opinion:${kind}`] }]);
      assert.equal((await asks("kind words", [options(kind, url)]).checked).guarded, undefined);
      assert.equal(
        (await asks("evil words", [options(kind, url)], { injection: "detect" }).checked).guarded?.injection,
        kind === "prompt-guard" ? 0.97 : 1,
      );
      assert.equal(asked.length, 3);
      assert.ok(asked.every((each) => each.includes(" Bearer k ")));
      await asks("evil words", [options(kind, url)], { injection: "off" }).checked;
      assert.equal(asked.length, 3, "off asks nobody");
    });
});

test("a guard model that fails, hangs or answers nonsense refuses the call, or is left out where the operator says so", async () => {
  const ways: readonly RequestListener[] = [
    (_, response) => void response.writeHead(500).end(),
    (_, response) => void response.end("not json"),
    (_, response) => void response.end('{"hello":1}'),
    (_, response) => void response.end(JSON.stringify(said("I cannot say"))),
    (_, response) => void response.socket?.destroy(),
    () => undefined,
  ];
  let refused = 0;
  for (const listener of ways)
    for (const kind of KINDS)
      await withService({ listener }, async (url) => {
        const failing = { ...options(kind, url), timeoutMs: 30 };
        await assert.rejects(asks("kind words", [failing]).checked, { code: "guard_failed" });
        await asks("kind words", [{ ...failing, onFailure: "ignore" }]).checked;
        refused++;
      });
  console.log(`# guard models: ${String(refused)} ways to fail, each refused`);
});

test("a chat model as a second detector names values, and every place of them is masked", async () => {
  const findings = [
    { type: "PERSON", value: "Zyx Quux" },
    { type: "EMPLOYEE_NUMBER", value: "E-17" },
    { type: "PERSON", value: "nowhere" },
  ];
  await withService(
    () => said(JSON.stringify({ findings })),
    async (url, asked) => {
      const second = {
        find: createModelDetector(systemFetch, { url, apiKey: undefined, model: "m", timeoutMs: 5000 }),
        onFailure: "refuse" as const,
      };
      const checked = await testGuard({}, { second: [second] }).check(
        guardCall({ messages: [{ role: "user", content: "Zyx Quux (E-17) met Zyx Quux" }] }),
      );
      assert.match(
        JSON.stringify(checked.leave(external, "off", []).chat.messages),
        /"(\[PERSON_[0-9a-f]{8}\]) \(\[NATIONAL_ID_[0-9a-f]{8}\]\) met \1"/,
      );
      assert.equal(checked.leave(own, "off", []).chat, checked.chat);
      assert.equal(asked.length, 1);
    },
  );
  for (const content of ["no JSON", "{}", '{"findings":[{"type":1}]}', '{"findings":"none"}'])
    await withService(
      () => said(content),
      async (url) => {
        const second = {
          find: createModelDetector(systemFetch, { url, apiKey: undefined, model: "m", timeoutMs: 5000 }),
          onFailure: "refuse" as const,
        };
        await assert.rejects(async () => await testGuard({}, { second: [second] }).check(guardCall()), { code: "guard_failed" });
      },
    );
});
