import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ChatCall } from "../domain/chat.ts";
import { instructionBytes, withInstructions } from "../domain/instructions.ts";
import { Fault } from "../kernel/fault.ts";
import { answer } from "./answer.ts";
import { promptDigest } from "./prompt-digest.ts";
import type { Stages } from "./stages.ts";
import { play, testCall, testTarget, testWho, wholeAnswer, witness } from "./testing.ts";

const told = (text: string) => ({ instructions: { text, bytes: Buffer.byteLength(text) } });
const strict = testTarget({ model: "strict", ...told("Think in steps. äöü") });
const plain = testTarget({ model: "plain" });
const who: typeof testWho = { ...testWho, tenant: { ...testWho.tenant, systemPrompt: "Tenant." } };
const digest = (text: string): string => `digest of ${text}`;
/** Puts the prompt first, as the real one does. */
const ground: Stages["ground"] = (chat, prompt) =>
  prompt === undefined
    ? { chat, inputBytes: chat.inputBytes }
    : {
        chat: { ...chat, messages: [{ role: "system", content: prompt }, ...chat.messages] },
        inputBytes: chat.inputBytes + Buffer.byteLength(prompt),
      };

async function run(targets: readonly (typeof plain)[], failing: readonly string[] = [], by = who) {
  const asked: [string, unknown][] = [];
  const w = witness(
    {
      ground,
      digest,
      ask: ({ target, chat }) => {
        asked.push([target.model, first(chat)]);
        return failing.includes(target.model) ? play([], new Fault("target_down")) : play(wholeAnswer);
      },
    },
    targets,
  );
  await Array.fromAsync(answer(w.stages, testCall({ inputBytes: 40 }, by), w.admitted, new AbortController().signal));
  return { asked, w };
}
const first = ({ messages }: ChatCall) => messages[0]?.content;

test("a model's own instructions stand before the tenant's prompt, in calls to that model only, and the record's digest is of what answered", async () => {
  const fallen = await run([strict, plain], ["strict"]);
  assert.deepEqual(fallen.asked, [
    ["strict", "Think in steps. äöü\n\nTenant."],
    ["plain", "Tenant."],
  ]);
  assert.equal(fallen.w.events[0]?.fingerprint.prompt, digest("Tenant."));
  const straight = await run([strict, plain]);
  assert.equal(straight.w.events[0]?.fingerprint.prompt, digest("Think in steps. äöü\n\nTenant."));
  const bare = await run([strict], [], testWho);
  assert.deepEqual(bare.asked, [["strict", "Think in steps. äöü"]]);
});

test("they are reserved and journalled for, by the model that is told most; one that forgets them is found", async () => {
  const { w } = await run([plain, strict]);
  const bytes = 40 + Buffer.byteLength("Tenant.");
  const most = bytes + instructionBytes(strict);
  const isBound = (inputTokensMax: number | undefined): boolean =>
    (inputTokensMax ?? 0) >= bytes + Buffer.byteLength("Think in steps. äöü\n\n");
  assert.deepEqual([w.reserved, w.opened[0]?.inputTokensMax], [[most + 200], most]);
  assert.ok(isBound(w.opened[0]?.inputTokensMax));
  assert.ok(!isBound(bytes), "a reservation without them");
  console.log("# instructions: a reservation without them is found");
});

test("a target without instructions changes no digest", () => {
  const call = testCall({ messages: [{ role: "system", content: "Caller." }] }, who);
  assert.equal(promptDigest({ digest }, call, plain), digest("Tenant.\nCaller."));
  assert.equal(promptDigest({ digest }, call, undefined), digest("Tenant.\nCaller."));
  assert.equal(withInstructions(plain, undefined), undefined);
});
