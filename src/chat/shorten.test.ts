import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ChatCall, Message, Passage } from "../domain/chat.ts";
import type { Shortened } from "../domain/shorten.ts";
import { testChat, testPassage } from "../domain/testing.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { findRemovable } from "./exchanges.ts";
import { messageBytes } from "./message-bytes.ts";
import { answer } from "./answer.ts";
import { createShorten, withoutMessages } from "./shorten.ts";
import { play, testCall, testTarget, wholeAnswer, witness } from "./testing.ts";

const says = (role: "system" | "user" | "assistant" | "developer", content: string): Message => ({ role, content });
const calls = (...ids: string[]): Message => ({
  role: "assistant",
  content: null,
  toolCalls: ids.map((id) => ({ id, name: "look", arguments: "{}" })),
});
const result = (toolCallId: string): Message => ({ role: "tool", content: "found", toolCallId });

type Dice = () => number;
const pick = (dice: Dice, most: number): number => Math.floor(dice() * most);

/** A conversation as clients send them: greetings, system messages in the middle, questions in two parts, tools, ids that come again. */
function conversation(dice: Dice): readonly Message[] {
  const messages: Message[] = [];
  if (dice() < 0.6) messages.push(says("system", "s".repeat(pick(dice, 200))));
  if (dice() < 0.2) messages.push(says("assistant", "hello"));
  const turns = 1 + pick(dice, 6);
  for (let turn = 0; turn < turns; turn++) {
    for (let part = 0; part <= pick(dice, 2); part++) messages.push(says("user", "u".repeat(pick(dice, 400))));
    if (dice() < 0.1) messages.push(says("developer", "d"));
    const isLast = turn === turns - 1;
    for (let round = 0; round < pick(dice, 3); round++) {
      const ids = ["a", "b"].slice(0, 1 + pick(dice, 2)).map((id) => (dice() < 0.5 ? id : `${id}${String(messages.length)}`));
      messages.push(calls(...ids));
      if (dice() < 0.1) messages.push(says("user", "wait"));
      messages.push(...ids.map(result));
    }
    if (!isLast || dice() < 0.1) messages.push(says("assistant", "a".repeat(pick(dice, 400))));
  }
  return messages;
}

/** What is wrong with a conversation of which these are left out. */
function wrongs(messages: readonly Message[], without: ReadonlySet<number>): readonly string[] {
  const found: string[] = [];
  const last = messages.findLastIndex(({ role }) => role === "user");
  const callOf = new Map<string, number>();
  let isAnswered = false;
  let question: number | undefined;
  for (const [at, message] of messages.entries()) {
    const isOut = without.has(at);
    if (isOut && (message.role === "system" || message.role === "developer")) found.push("an instruction is gone");
    if (isOut && at === last) found.push("the last question is gone");
    if (message.role === "user") {
      if (question !== undefined && !isAnswered && without.has(question) !== isOut && at <= last)
        found.push("a question in two parts was split");
      if (isAnswered || question === undefined) question = at;
      isAnswered = false;
    }
    if (message.role === "assistant") {
      const isCall = (message.toolCalls?.length ?? 0) > 0;
      if (question !== undefined && at < last && without.has(question) !== isOut) found.push("a question was split from its answer");
      isAnswered = true;
      for (const { id } of message.toolCalls ?? []) callOf.set(id, at);
      if (isOut && at > last && !isCall) found.push("an answer under way is gone");
    }
    if (message.role === "tool") {
      isAnswered = true;
      const call = callOf.get(message.toolCallId);
      if (call !== undefined && without.has(call) !== isOut) found.push("a result was split from its call");
    }
  }
  return found;
}

test("whatever is left out, instructions and the last question stay, and what belongs together goes together", () => {
  const dice = createSeededRandom(7);
  let states = 0;
  let tools = 0;
  for (let at = 0; at < 2000; at++) {
    const messages = conversation(dice);
    const { exchanges, rounds } = findRemovable(messages);
    const without = new Set<number>();
    for (const places of [...exchanges, ...rounds]) {
      for (const place of places) {
        assert.ok(!without.has(place), "each message goes once");
        without.add(place);
        if (messages[place]?.role === "tool") tools++;
      }
      const split = wrongs(messages, without);
      assert.deepEqual(split, [], JSON.stringify([messages.map((each) => each.role), [...without]]));
      states++;
    }
  }
  console.log(`# trimming: ${String(states)} prompts of 2000 conversations, ${String(tools)} results of tools left out with their calls`);
});

test("the check finds a trimming that drops the system prompt, splits a call from its result, or a question from its answer", () => {
  const messages = [
    says("system", "s"),
    says("user", "old"),
    calls("a"),
    result("a"),
    says("assistant", "so"),
    says("user", "now"),
    calls("b"),
    result("b"),
  ];
  const planted: readonly (readonly [string, readonly number[]])[] = [
    ["an instruction is gone", [0]],
    ["a result was split from its call", [1, 2, 4]],
    ["a question was split from its answer", [1]],
    ["the last question is gone", [5]],
    ["a result was split from its call", [7]],
  ];
  for (const [expected, without] of planted) assert.ok(wrongs(messages, new Set(without)).includes(expected), expected);
  assert.deepEqual(wrongs(messages, new Set([1, 2, 3, 4])), []);
  console.log(`# trimming: ${String(planted.length)} planted faults found`);
});

const bodyOf = (messages: readonly Message[]): number => Buffer.byteLength(JSON.stringify(messages));
/** Counts like the real one as far as length goes: a passage is as long as its text. */
const ground = (chat: ChatCall, prompt: string | undefined, passages: readonly Passage[] | undefined) => ({
  chat,
  inputBytes: chat.inputBytes + (prompt?.length ?? 0) + (passages ?? []).reduce((sum, { text }) => sum + text.length, 0),
});
function shorten(
  messages: readonly Message[],
  bytesMax: number,
  { bytesAimed = bytesMax, passages = undefined as readonly Passage[] | undefined } = {},
) {
  const chat = testChat({ messages, inputBytes: bodyOf(messages) });
  const { inputBytes } = ground(chat, undefined, passages);
  const checked = { chat, closing: undefined, bytesAdded: 0 };
  return createShorten(ground, { checked, systemPrompt: undefined, passages, inputBytes })({ bytesMax, bytesAimed });
}
const long = (count: number): Message[] => [
  says("system", "rules"),
  ...Array.from({ length: count }, (_, at) => [
    says("user", `question ${String(at)} ${"x".repeat(100)}`),
    says("assistant", "y".repeat(100)),
  ]).flat(),
  says("user", "and now?"),
];
/** What a caller can tell: as many messages are missing as it is told. */
const tells = (sent: readonly Message[], given: readonly Message[], told: { readonly messages: number } | undefined): boolean =>
  given.length - sent.length === (told?.messages ?? 0);

test("the model gets what was left in and the record tells of what was not; one that keeps quiet is found", async () => {
  const messages = long(10);
  for (const quiet of [false, true]) {
    const asked: ChatCall[] = [];
    const w = witness({
      ground,
      plan({ shorten: shorter }) {
        const shortened = shorter?.({ bytesMax: 700, bytesAimed: 700 });
        assert.ok(shortened?.fits === true);
        return {
          targets: [testTarget()],
          candidates: [],
          policyHash: "policy",
          shortened: quiet ? { ...shortened, trimmed: { messages: 0 } } : shortened,
        };
      },
      ask: ({ chat }) => (asked.push(chat), play(wholeAnswer)),
    });
    await Array.fromAsync(answer(w.stages, testCall({ messages, inputBytes: bodyOf(messages) }), w.admitted, new AbortController().signal));
    const sent = asked[0]?.messages ?? [];
    assert.deepEqual([sent.at(0), sent.at(-1)], [messages.at(0), messages.at(-1)]);
    assert.ok(sent.length < messages.length);
    assert.equal(tells(sent, messages, w.events[0]?.trimmed), !quiet);
    assert.equal(
      w.opened[0]?.inputTokensMax,
      w.reserved[0] === undefined ? undefined : w.reserved[0] - 200,
      "what is reserved is what is left",
    );
  }
  console.log("# trimming: a record that says nothing is found");
});

const isShort = (of: ReturnType<typeof shorten>): of is Shortened => of.fits;

test("no more is left out than is needed, the oldest first, and what was is counted", () => {
  const messages = long(10);
  for (const bytesMax of [2500, 1500, 700, 300]) {
    const made = shorten(messages, bytesMax);
    assert.ok(isShort(made));
    assert.ok(made.inputBytes <= bytesMax && made.inputBytes >= bodyOf(made.chat.messages), "never thought shorter than it is");
    assert.deepEqual([made.trimmed.messages, made.chat.messages.length], [made.without.size, messages.length - made.without.size]);
    const one = made.without.size - 2;
    const before = withoutMessages(testChat({ messages }), new Set([...made.without].slice(0, one)));
    assert.ok(bodyOf(before.messages) > bytesMax, "with one exchange more it would not have fitted");
    assert.deepEqual(made.chat.messages.at(0), says("system", "rules"));
    assert.deepEqual(made.chat.messages.at(-1), says("user", "and now?"));
  }
});

test("where even the last question is too long, it is told how long it is", () => {
  const made = shorten([says("system", "rules"), says("user", "old"), says("assistant", "so"), says("user", "z".repeat(1000))], 500);
  assert.ok(!made.fits);
  assert.ok(made.inputBytes > 1000 && made.inputBytes < 1200);
});

test("passages go after the exchanges, the last ranked first, and the best one stays; then old calls of tools", () => {
  const passages = ["best", "second", "third"].map((name) => testPassage({ chunkId: name, text: name.repeat(50) }));
  const messages = [...long(1), calls("a"), result("a"), calls("b"), result("b")];
  const most = (bytesMax: number) => {
    const made = shorten(messages, bytesMax, { passages });
    return made.fits ? [made.trimmed.messages, made.passages, made.trimmed.passages] : undefined;
  };
  const all = bodyOf(messages) + passages.reduce((sum, { text }) => sum + text.length, 0);
  assert.deepEqual(most(all - 1), [2, 3, undefined]);
  assert.deepEqual(most(all - 300), [2, 2, 1]);
  assert.deepEqual(most(all - 600), [2, 1, 2]);
  assert.deepEqual(most(all - 850), [4, 1, 2]);
  assert.equal(most(200), undefined);
});

test("an answer gets the room that was aimed at where that can be had, and else what there is", () => {
  const messages = long(5);
  const [aimed, tight] = [400, 10].map((bytesAimed) => shorten(messages, 1200, { bytesAimed }));
  assert.ok(aimed?.fits === true && tight?.fits === true);
  assert.deepEqual([aimed.trimmed.messages, tight.trimmed.messages], [8, 2], "what cannot be reached costs no more than is needed");
});

test("what a message takes of a prompt is never counted as more than it was in its body", () => {
  const texts = ["", "plain", 'quotes " and \\ and \n', "ä€😀", "\u0001", "\ud800"];
  const messages: Message[] = texts.flatMap((text) => [
    says("user", text),
    {
      role: "user",
      content: [
        { type: "text", text },
        { type: "raw", value: { type: "input_audio", input_audio: { data: text, n: 1e20 } } },
      ],
    },
    { role: "assistant", content: null, toolCalls: [{ id: text, name: "n", arguments: text }] },
    { role: "tool", content: text, toolCallId: text },
    { role: "user", content: [{ type: "raw", value: { type: text } }] },
    { role: "assistant", content: null },
  ]);
  for (const message of messages) {
    const wire =
      message.role === "tool"
        ? { role: "tool", content: message.content, tool_call_id: message.toolCallId }
        : message.role === "assistant"
          ? {
              role: "assistant",
              tool_calls: message.toolCalls?.map(({ id, name, arguments: text }) => ({ id, function: { name, arguments: text } })),
            }
          : {
              role: message.role,
              content: Array.isArray(message.content)
                ? message.content.map((block) => (block.type === "raw" ? block.value : block))
                : message.content,
            };
    const sent = Buffer.byteLength(JSON.stringify(wire)) + 1;
    assert.ok(messageBytes(message) <= sent, `${JSON.stringify(wire)}: ${String(messageBytes(message))} of ${String(sent)}`);
  }
  console.log(`# trimming: ${String(messages.length)} messages, none counted as longer than it was sent`);
});
