import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Gate } from "../domain/cascade.ts";
import type { ChatCall, Part } from "../domain/chat.ts";
import type { Plan } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import type { AnswerPart } from "./answer-part.ts";
import { answer } from "./answer.ts";
import type { Asked, Stages } from "./stages.ts";
import { delta, play, testCall, testTarget, testUsage, unchecked, witness, type Witness } from "./testing.ts";

const [SMALL, MIDDLE, LARGE, JUDGE] = ["small", "middle", "large", "judge"].map((model) => testTarget({ model }));
assert.ok(SMALL !== undefined && MIDDLE !== undefined && LARGE !== undefined && JUDGE !== undefined);
const LADDER = [SMALL, MIDDLE, LARGE];
const LOGPROBS: Gate = { kind: "logprobs", min: -0.6 };
const BY_JUDGE: Gate = { kind: "judge", model: "judge", min: 0.7 };
const FORM: Gate = { kind: "form" };

type Said = { readonly text: string; readonly logprob?: number; readonly top?: Readonly<Record<string, number>> };
const toLogprobs = ({ text, logprob = 0, top = {} }: Said): unknown => ({
  content: [{ token: text, logprob, top_logprobs: Object.entries(top).map(([token, at]) => ({ token, logprob: at })) }],
});
const says = (said: Said, withLogprobs = true): readonly Part[] => [
  { type: "text-delta", choice: 0, text: said.text, ...(withLogprobs ? { logprobs: toLogprobs(said) } : {}) },
  { type: "usage", usage: testUsage },
  { type: "choice-finish", choice: 0, reason: "stop", rawReason: "stop" },
  { type: "finish", upstreamId: "u", upstreamModel: "m" },
];
/** A target that fails, by its fault's code. */
type Script = Readonly<Record<string, Said | Fault>>;

type Heard = {
  readonly w: Witness;
  readonly asked: readonly Asked[];
  readonly text: string;
  readonly parts: readonly AnswerPart[];
  readonly fault: Fault | undefined;
};

async function hear(
  script: Script,
  gate: Gate,
  { chat = {}, change = {}, targets = LADDER }: { chat?: Partial<ChatCall>; change?: Partial<Stages>; targets?: Plan["targets"] } = {},
): Promise<Heard> {
  const asked: Asked[] = [];
  const ask: Stages["ask"] = (of) => {
    asked.push(of);
    const said = script[of.target.model] ?? new Fault("target_down");
    return said instanceof Fault ? play([delta("half")], said) : play(says(said, of.chat.sampling.logprobs === true));
  };
  const plan = (): Plan => ({
    targets,
    candidates: targets.map((target) => ({ target, fell: undefined })),
    policyHash: "policy",
    gate,
    rule: { route: "auto", at: 0 },
  });
  const w = witness({ ask, plan, beside: (model) => (model === "judge" ? JUDGE : undefined), ...change });
  const parts: AnswerPart[] = [];
  let fault: Fault | undefined;
  try {
    for await (const some of answer(w.stages, testCall(chat), w.admitted, new AbortController().signal)) parts.push(...some);
  } catch (error) {
    fault = Fault.from(error);
  }
  const text = parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
  return { w, asked, text, parts, fault };
}
const modelsOf = ({ asked }: Heard): readonly string[] => asked.map(({ target }) => target.model);
const markOf = ({ w }: Heard) => w.events[0]?.cascade;

test("an answer whose model is sure of it is given, and nobody else is asked", async () => {
  const sure = await hear({ small: { text: "Paris", logprob: -0.6 } }, LOGPROBS);
  assert.deepEqual([sure.text, modelsOf(sure), markOf(sure)], ["Paris", ["small"], { gate: "logprobs", asked: 1, escalated: 0 }]);
  assert.equal(sure.asked[0]?.chat.sampling.logprobs, true, "they are asked for");
  assert.ok(
    sure.parts.every((part) => part.type !== "text-delta" || part.logprobs === undefined),
    "and are not the caller's",
  );
  assert.equal(sure.w.events[0]?.attempts.length, 1);
});

test("one just below goes up, and every attempt is billed in the one event of the call", async () => {
  const heard = await hear(
    { small: { text: "a", logprob: -0.61 }, middle: { text: "b", logprob: -2 }, large: { text: "c", logprob: -9 } },
    LOGPROBS,
  );
  assert.deepEqual([heard.text, modelsOf(heard)], ["c", ["small", "middle", "large"]]);
  assert.deepEqual(markOf(heard), { gate: "logprobs", asked: 3, escalated: 2 });
  const event = heard.w.events[0];
  assert.equal(heard.w.events.length, 1);
  assert.deepEqual(
    [event?.model, event?.attempts.length, event?.inputTokens, event?.outputTokens, event?.costMicroUsd],
    ["large", 3, 30, 15, 60],
  );
  assert.equal(heard.asked[2]?.chat.sampling.logprobs, undefined, "of the last nobody asks");
  assert.deepEqual(heard.w.settled, [{ microUsd: 60, tokens: 45 }]);
  assert.equal(heard.w.reserved.length, 3, "each step up is reserved before it is taken");
});

test("a caller that asked for log probabilities gets them", async () => {
  const heard = await hear({ small: { text: "a", logprob: -0.1 } }, LOGPROBS, { chat: { sampling: { logprobs: true } } });
  assert.ok(heard.parts.some((part) => part.type === "text-delta" && part.logprobs !== undefined));
});

test("what tells no log probabilities cannot be judged by them and goes up, counted", async () => {
  const local = testTarget({ model: "small", kind: "llama" });
  const heard = await hear({ small: { text: "a" }, large: { text: "c" } }, LOGPROBS, { targets: [local, LARGE] });
  assert.equal(heard.asked[0]?.chat.sampling.logprobs, undefined, "they are not asked for where they would be refused");
  assert.deepEqual([heard.text, markOf(heard)], ["c", { gate: "logprobs", asked: 2, escalated: 1, unjudged: 1 }]);
});

test("of a stream nothing leaves before its answer has passed, and then it is whole", async () => {
  const heard = await hear({ small: { text: "a", logprob: -5 }, middle: { text: "b", logprob: 0 } }, LOGPROBS, { chat: { stream: true } });
  assert.deepEqual([heard.text, markOf(heard)?.escalated], ["b", 1]);
  assert.equal(heard.parts.at(-1)?.type, "finish");
});

test("where no better answer can be had, the best one so far is given", async () => {
  const down = new Fault("target_down");
  const low = { text: "a", logprob: -5 };
  const failed = await hear({ small: low, middle: down, large: down }, LOGPROBS);
  assert.deepEqual([failed.text, failed.w.events[0]?.model, failed.w.events[0]?.outcome], ["a", "small", "finished"]);
  let reserves = 0;
  const reserve = (): void => {
    if (reserves++ > 0) throw new Fault("budget_spent");
  };
  const w = witness({
    ask: ({ chat }) => play(says(low, chat.sampling.logprobs)),
    plan: () => ({ targets: LADDER, candidates: [], policyHash: "", gate: LOGPROBS }),
  });
  const parts = (await Array.fromAsync(answer(w.stages, testCall(), { ...w.admitted, reserve }, new AbortController().signal))).flat();
  assert.deepEqual([parts.at(-1)?.type, w.events[0]?.attempts.length], ["finish", 1], "the budget ends here");
  const last = testTarget({ model: "extractive", kind: "extractive" });
  const withLast = await hear({ small: low, middle: down, extractive: { text: "documents" } }, LOGPROBS, {
    targets: [SMALL, MIDDLE, last],
  });
  assert.equal(withLast.text, "a", "the last resort is no step up");
});

test("a model that fails is passed over as without a cascade, and what its caller must be told is told", async () => {
  const heard = await hear({ small: new Fault("target_down"), middle: { text: "b" } }, LOGPROBS);
  assert.deepEqual([heard.text, modelsOf(heard)], ["b", ["small", "middle"]]);
  const none = await hear({}, LOGPROBS);
  assert.deepEqual([none.fault?.code, none.w.events[0]?.outcome], ["target_down", "failed"]);
});

test("a judge's word decides: by its probability, else as it stands, and a number is one", async () => {
  const cases: readonly (readonly [Said | Fault, boolean, boolean])[] = [
    [{ text: "yes", logprob: -0.1, top: { no: -2.4 } }, true, true],
    [{ text: "yes", logprob: -0.6, top: { no: -0.8 } }, true, false],
    [{ text: "No", logprob: -0.1, top: { Yes: -2.4 } }, true, false],
    [{ text: "0.7" }, true, true],
    [{ text: "0.69" }, true, false],
    [{ text: "It depends." }, false, false],
    [{ text: "" }, false, false],
    [new Fault("target_timeout"), false, false],
  ];
  for (const [judge, told, passes] of cases) {
    const heard = await hear({ small: { text: "Paris" }, large: { text: "Paris." }, judge }, BY_JUDGE, { targets: [SMALL, LARGE] });
    const name = judge instanceof Fault ? judge.code : `${judge.text} ${judge.logprob ?? ""}`;
    assert.equal(heard.text, passes ? "Paris" : "Paris.", name);
    assert.deepEqual(
      markOf(heard),
      { gate: "judge", asked: passes ? 1 : 2, escalated: passes ? 0 : 1, ...(told ? {} : { unjudged: 1 }) },
      name,
    );
    const event = heard.w.events[0];
    assert.deepEqual(event?.attempts.map(({ model, as }) => [model, as]).slice(0, 2), [
      ["small", undefined],
      ["judge", "judge"],
    ]);
    assert.equal(event?.model, passes ? "small" : "large");
  }
  const without = await hear({ small: { text: "a" }, judge: { text: "yes" } }, BY_JUDGE, {
    change: { beside: () => testTarget({ model: "judge", kind: "anthropic" }) },
  });
  assert.deepEqual([without.text, without.asked[1]?.chat.sampling.logprobs], ["a", undefined]);
  console.log(`# ${cases.length} words of judges`);
});

test("a judge is asked with the question and the answer, and nothing of the call's own fields", async () => {
  const chat = { messages: [{ role: "user", content: "Where is the Louvre?" }], extra: { logit_bias: { 1: 2 } }, endUser: "u-1" } as const;
  const heard = await hear({ small: { text: "In Paris" }, judge: { text: "yes" } }, BY_JUDGE, { chat });
  const asked = heard.asked[1]?.chat;
  assert.match(JSON.stringify(asked?.messages), /Where is the Louvre\?.*In Paris/s);
  assert.deepEqual(
    heard.w.opened.map(({ modelAsked, requestId }) => [modelAsked, requestId]),
    [1, 2].map(() => ["m", heard.w.events[0]?.requestId]),
    "what a judge may cost is journalled for the call",
  );
  assert.deepEqual([asked?.extra, asked?.endUser, asked?.stream, asked?.tools], [{}, undefined, false, []]);
  assert.ok((asked?.maxOutputTokens ?? 99) < 50);
});

test("a judge that may not see the call is not asked, and the cascade goes up", async () => {
  const heard = await hear({ small: { text: "a" }, middle: { text: "b" }, large: { text: "c" }, judge: { text: "yes" } }, BY_JUDGE, {
    change: { beside: () => undefined },
  });
  assert.deepEqual([heard.text, modelsOf(heard)], ["c", ["small", "middle", "large"]]);
  assert.equal(markOf(heard)?.unjudged, 2);
});

const withMasks = (chat: ChatCall): ChatCall => ({
  ...chat,
  messages: chat.messages.map((message) => {
    const blocks = Array.isArray(message.content) ? message.content.map(() => ({ type: "text", text: "[MASK]" }) as const) : [];
    return { role: "user", content: blocks };
  }),
});

test("what a judge is asked is looked at as content of its own, and masked for it; what cannot be looked at is not sent", async () => {
  const masking: Stages["checkBeside"] = (call) => ({
    ...unchecked(call),
    standing: { personal: true, mode: "mask", unread: undefined },
    leave: () => ({ chat: withMasks(call.chat), systemPrompt: undefined, passages: [] }),
  });
  let standing: unknown;
  const beside: Stages["beside"] = (_model, { content }) => {
    standing = content;
    return JUDGE;
  };
  const script = { small: { text: "Mail ada@example.com" }, middle: { text: "b" }, large: { text: "c" }, judge: { text: "yes" } };
  const masked = await hear(script, BY_JUDGE, { change: { checkBeside: masking, beside } });
  const question = masked.asked[1]?.chat.messages[1]?.content;
  assert.match(typeof question === "string" ? question : "", /<conversation [^>]*>\nuser: \[MASK\]\n<\/.*<answer [^>]*>\n\[MASK\]\n</s);
  assert.ok(!JSON.stringify(masked.asked[1]?.call.chat).includes("ada@"));
  assert.deepEqual(standing, { personal: true, mode: "mask", unread: undefined });
  const broken = await hear(script, BY_JUDGE, { change: { checkBeside: () => Promise.reject(new Fault("guard_failed")) } });
  assert.deepEqual([broken.text, modelsOf(broken)], ["c", ["small", "middle", "large"]]);
});

test("a form decides: what fits passes, what does not goes up, and a call without one is content", async () => {
  const responseFormat = { type: "json-schema", name: "city", schema: { type: "object", required: ["city"] } } as const;
  const chat = { responseFormat, stream: true };
  const up = await hear({ small: { text: "{}" }, middle: { text: '{"city":"Oslo"}' } }, FORM, { chat });
  assert.deepEqual([up.text, up.w.events[0]?.form, markOf(up)?.escalated], ['{"city":"Oslo"}', "fits", 1]);
  const none = await hear({ small: { text: "{}" } }, FORM);
  assert.deepEqual([none.text, markOf(none)], ["{}", { gate: "form", asked: 1, escalated: 0 }]);
  const held = await hear({ small: { text: "{}" } }, FORM, { chat });
  assert.deepEqual([held.text, held.w.events[0]?.form], ["{}", "misfit"], "what is given after all says so");
});

test("a second try for an answer's form counts: three attempts in all, and the last one's answer is given", async () => {
  const responseFormat = { type: "json-schema", name: "city", schema: { type: "object", required: ["city"] } } as const;
  const heard = await hear({ small: { text: "{}" }, middle: { text: "[]" }, large: { text: '{"city":"Oslo"}' } }, FORM, {
    chat: { responseFormat },
  });
  assert.deepEqual([heard.text, modelsOf(heard), heard.w.events[0]?.form], ["[]", ["small", "small", "middle"], "misfit"]);
});

test("a gate that always passes would be seen: of answers that are good and bad by turns, half go up", async () => {
  let escalated = 0;
  const count = 40;
  for (let at = 0; at < count; at++) {
    const heard = await hear({ small: { text: "a", logprob: at % 2 === 0 ? -0.1 : -1.5 }, middle: { text: "b" } }, LOGPROBS);
    escalated += markOf(heard)?.escalated ?? 0;
  }
  assert.equal(escalated, count / 2);
  const lax = await hear({ small: { text: "a", logprob: -1.5 } }, { kind: "logprobs", min: -20 });
  assert.equal(markOf(lax)?.escalated, 0, "the planted fault");
  console.log(`# ${count} answers, ${escalated} of them went up`);
});

test("a caller that leaves while a judge is asked ends both, and what was made is billed", async () => {
  const abort = new AbortController();
  const ask: Stages["ask"] = async function* ({ target }, signal) {
    if (target.model !== "judge") return yield* play(says({ text: "a" }, false));
    abort.abort();
    throw Fault.ofAbort(signal);
  };
  const w = witness({ ask, plan: () => ({ targets: LADDER, candidates: [], policyHash: "", gate: BY_JUDGE }), beside: () => JUDGE });
  await assert.rejects(Array.fromAsync(answer(w.stages, testCall(), w.admitted, abort.signal)));
  assert.deepEqual(
    [w.events[0]?.outcome, w.events[0]?.model, w.events[0]?.attempts.length, w.events[0]?.outputTokens],
    ["aborted", "small", 2, 5],
  );
});
