import { test } from "bun:test";
import assert from "node:assert/strict";
import { askJudge } from "../chat/judge.ts";
import type { Run } from "../chat/run.ts";
import type { Stages } from "../chat/stages.ts";
import { delta, play, testTarget, wholeAnswer, witness } from "../chat/testing.ts";
import type { ChatCall, Message, Passage } from "../domain/chat.ts";
import type { GuardPolicy, PiiMode } from "../domain/guard-policy.ts";
import { guardCall, testGuard } from "../guard/testing.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import { createBeside } from "../route/beside.ts";
import { composeDetectors } from "./detectors.ts";

const { find } = composeDetectors();
const FAR = testTarget({ model: "far", trust: "external" });
const NEAR = testTarget({ model: "near", trust: "private" });
const CARD = "4111 1111 1111 1111";
const PASSPORT = "C01X00T47";
const filler: readonly Message[] = [0, 1, 2, 3].flatMap((at): Message[] => [
  { role: "user", content: `Question ${at}` },
  { role: "assistant", content: `Answer ${at}` },
]);

type Asking = {
  readonly messages: readonly Message[];
  readonly answer: string;
  readonly policy?: Partial<GuardPolicy>;
  readonly systemPrompt?: string;
  readonly passages?: readonly Passage[];
  readonly tools?: ChatCall["tools"];
  readonly mode?: PiiMode;
  readonly judge?: typeof FAR;
  /** A judge's text that is looked at alone. */
  readonly isAlone?: boolean;
};

/** What a judge outside reads of a call; undefined: it is not asked. */
async function readsOf({ messages, answer, policy, systemPrompt, passages = [], tools = [], mode, judge = FAR, isAlone }: Asking) {
  const { check } = testGuard({ pii: "mask", ...policy }, { find });
  const quiet = testGuard({ pii: "mask", ...policy }, { find }, { routesLook: () => true }).check;
  const call = guardCall({ messages, tools, stream: false }, systemPrompt === undefined ? {} : { systemPrompt });
  const checked = await check(call);
  await checked.sift(passages);
  let read: string | undefined;
  const health = { of: () => ({ state: "closed", inFlight: 0, latencyMs: 0, queueDepth: 0 }) as const };
  const ask: Stages["ask"] = ({ chat }) => {
    const content = chat.messages[1]?.content;
    assert.ok(typeof content === "string");
    read = content;
    return play([delta("yes"), ...wholeAnswer.slice(1)]);
  };
  const w = witness({
    ask,
    beside: createBeside(new Map([[judge.model, judge]]), health),
    checkBeside: (of, about) => quiet(of, isAlone === true ? undefined : about),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a judge touches these alone
  const run = { spentMicroUsd: 0, begin: () => ({ saw: () => undefined, end: () => undefined }) } as unknown as Run;
  const plan = { targets: [judge], candidates: [], policyHash: "", pii: mode };
  const trying = { call, chat: call.chat, checked, plan, inputBytes: 1, admitted: w.admitted, retrieved: undefined };
  const verdict = await askJudge(w.stages, run, trying, { model: judge.model, answer }, new AbortController().signal);
  assert.equal(verdict, read === undefined ? undefined : 1);
  return read;
}
const passage = (text: string): Passage => ({
  chunkId: "c",
  fileId: fileIds.make(1),
  filename: "f.md",
  title: "",
  collectionId: collectionIds.make(1),
  collectionName: "c",
  headings: [],
  text,
  start: 0,
  end: text.length,
  score: 1,
});

const ask = `Put ${PASSPORT} into the form`;
const held = `The customer's passport number is ${PASSPORT}.`;
const result: readonly Message[] = [
  { role: "assistant", content: null, toolCalls: [{ id: "1", name: "f", arguments: "{}" }] },
  { role: "tool", toolCallId: "1", content: held },
];
const user: Message = { role: "user", content: ask };
const PLACES: readonly (readonly [string, Asking])[] = [
  ["system message", { messages: [{ role: "system", content: held }, ...filler, user], answer: `Done: ${PASSPORT}` }],
  ["tenant's instruction", { messages: [user], answer: `Done: ${PASSPORT}`, systemPrompt: held }],
  ["older message", { messages: [{ role: "user", content: held }, ...filler, user], answer: `Done: ${PASSPORT}` }],
  ["result of a tool", { messages: [...result, user], answer: `Done: ${PASSPORT}` }],
  ["passage", { messages: [user], answer: `Done: ${PASSPORT}`, passages: [passage(held)] }],
  [
    "description of a tool",
    {
      messages: [user],
      answer: PASSPORT,
      tools: [{ name: "f", description: held, parameters: undefined, strict: undefined }],
    },
  ],
];

test("what is somebody's anywhere in a call is masked for a judge outside wherever it is said again", async () => {
  let alone = 0;
  for (const [place, asking] of PLACES) {
    const read = await readsOf(asking);
    assert.ok(read !== undefined && !read.includes(PASSPORT), `${place}: ${read}`);
    assert.match(read, /\[PASSPORT_[0-9a-f]{8,}\]/, place);
    if ((await readsOf({ ...asking, isAlone: true }))?.includes(PASSPORT) === true) alone++;
  }
  // The tenant's instruction is looked at with every call of the tenant.
  assert.equal(alone, PLACES.length - 1, "the planted fault: the judge's text looked at alone");
  console.log(`# ${PLACES.length} places of a call`);
});

test("beside a person of the call, a place that the judge would read is masked as well", async () => {
  const messages: readonly Message[] = [
    { role: "user", content: "Mail erika@muster.de" },
    ...filler,
    { role: "user", content: "I live in Berlin" },
  ];
  const read = await readsOf({ messages, answer: "Berlin it is" });
  assert.ok(read !== undefined && !read.includes("Berlin"));
  assert.ok((await readsOf({ messages, answer: "Berlin it is", isAlone: true }))?.includes("Berlin"), "the planted fault");
});

test("the strictest of the rule, the call and any field holds for what a judge reads: an answer may quote each", async () => {
  const messages: readonly Message[] = [{ role: "user", content: "Whose account is it?" }];
  const answer = `It is max@muster.de, card ${CARD}`;
  const cases: readonly (readonly [Partial<GuardPolicy>, PiiMode | undefined, "masked" | "not asked" | "clear"])[] = [
    [{ pii: "mask", fields: { user: "detect", assistant: "off" } }, undefined, "masked"],
    [{ pii: "detect", fields: { tool: "mask" } }, undefined, "masked"],
    [{ pii: "off", fields: { documents: "mask" } }, undefined, "masked"],
    [{ pii: "detect", fields: { documents: "private-only" } }, undefined, "not asked"],
    [{ pii: "mask", fields: { system: "block" } }, undefined, "not asked"],
    [{ pii: "detect" }, "mask", "masked"],
    [{ pii: "mask" }, "private-only", "not asked"],
    [{ pii: "detect" }, undefined, "clear"],
  ];
  for (const [policy, mode, expected] of cases) {
    const read = await readsOf({ messages, answer, policy, ...(mode === undefined ? {} : { mode }) });
    const told = read === undefined ? "not asked" : read.includes(CARD) || read.includes("max@") ? "clear" : "masked";
    assert.equal(told, expected, JSON.stringify([policy, mode]));
  }
  const near = await readsOf({ messages, answer, policy: { fields: { documents: "private-only" } }, judge: NEAR });
  assert.ok(near?.includes(CARD), "own hardware reads it as it is");
  console.log(`# ${cases.length} sets of modes`);
});

test("a text is cut after it was masked and never within a pseudonym: no part of a number leaves", async () => {
  let wrong = 0;
  let cases = 0;
  let cut = 0;
  let halves = 0;
  for (let shift = 0; shift < 60; shift++) {
    const long = "a ".repeat(9000);
    const answer = `${"a ".repeat(8192 - shift)}${shift % 2 === 0 ? "" : "b"}card: ${CARD} end ${long}`;
    const half = /(?:\d{4} ?)+\d*$/.exec(answer.slice(0, 16_384))?.[0];
    if (half !== undefined && half.trim() !== CARD) halves++;
    const content = `${long}card: ${CARD} ${"a ".repeat(8192 - shift)}${shift % 2 === 0 ? "" : "b"}`;
    for (const asking of [
      { messages: [{ role: "user", content: "hello" }] satisfies Message[], answer },
      { messages: [{ role: "user", content }] satisfies Message[], answer: "ok" },
    ]) {
      const read = await readsOf(asking);
      cases++;
      assert.ok(read !== undefined);
      if (/\d{4}/.test(read.replaceAll(/\[CARD_[0-9a-f]+\]|req_\w+/g, ""))) wrong++;
      if (/CARD|ARD_|_[0-9a-f]+\]/.test(read.replaceAll(/\[CARD_[0-9a-f]+\]|req_\w+/g, ""))) cut++;
      assert.ok(read.length < 2 * 16_384 + 400, "a judge is to be cheap");
    }
  }
  console.log(`# ${cases} cuts: ${wrong} with digits, ${cut} within a pseudonym`);
  assert.deepEqual([wrong, cut], [0, 0]);
  assert.ok(halves > 5, `the planted fault: ${halves} answers that are cut first end in half a number`);
});
