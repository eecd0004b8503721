import { test } from "bun:test";
import assert from "node:assert/strict";
import { anthropicSpecMissing, assertAnthropic } from "../../../test/spec/anthropic.ts";
import type { ChatCall, Message, Passage } from "../../domain/chat.ts";
import type { Target } from "../../domain/target.ts";
import { askedOf, chatOf } from "../testing.ts";
import type { ProviderCall } from "../spec.ts";
import { createPrefixBook } from "./prefix-book.ts";
import { writeRequest } from "./request.ts";

const PRICE = { inputPerMTok: 3, outputPerMTok: 15, cachedInputPerMTok: 0.3, cacheWritePerMTok: 3.75 };
const SYSTEM = Array.from({ length: 12 }, (_, at) => `Rule ${at}: ${"word ".repeat(120)}`).join("\n\n");
const MARK = { type: "ephemeral" };
type Body = Readonly<Record<string, unknown>>;

/** The body of the second of two calls alike. */
function second(more: Partial<ChatCall> = {}, target: Partial<Target> = { price: PRICE }, said: readonly Message[] = []): Body {
  const book = createPrefixBook(() => 0);
  const messages: readonly Message[] = [{ role: "system", content: SYSTEM }, { role: "user", content: "Hello." }, ...said];
  const asked = askedOf("anthropic", chatOf(messages, more));
  const write = (): Body => JSON.parse(writeRequest({ ...asked, target: { ...asked.target, ...target } }, book)) as Body;
  const first = write();
  assert.ok(!("cache_control" in first) || more.extra?.["cache_control"] !== undefined);
  const body = write();
  if (anthropicSpecMissing === false) assertAnthropic("CreateMessageParams", body);
  return body;
}
const isMarked = (body: Body): boolean => JSON.stringify(body).includes("cache_control");
if (anthropicSpecMissing !== false) console.log(anthropicSpecMissing);

test("a long system prompt that comes again is marked, and says the same as before", () => {
  assert.deepEqual(second()["system"], [{ type: "text", text: SYSTEM, cache_control: MARK }]);
});

test("long tools without a system prompt are marked at the last of them", () => {
  const book = createPrefixBook(() => 0);
  const tools = [{ name: "look", description: SYSTEM }, { name: "wait" }];
  const asked = askedOf("anthropic", chatOf("Hello.", { tools }));
  const write = (): Body =>
    JSON.parse(writeRequest({ ...asked, target: { ...asked.target, price: PRICE } }, book)) as { tools: Record<string, unknown>[] };
  assert.equal(isMarked(write()), false);
  const { tools: written } = write() as { tools: Record<string, unknown>[] };
  assert.deepEqual(
    written.map((tool) => tool["cache_control"]),
    [undefined, MARK],
  );
});

const LONG = "word ".repeat(1000);
type Turn = { readonly role: string; readonly content: readonly Readonly<Record<string, unknown>>[] };

/** The turns of each call of a conversation that are marked, as their places. */
function marksOf(calls: readonly (readonly Message[])[], passages: ProviderCall["passages"] = []): readonly (readonly number[])[] {
  const book = createPrefixBook(() => 0);
  return calls.map((messages) => {
    const asked = askedOf("anthropic", chatOf(messages));
    const body = JSON.parse(writeRequest({ ...asked, passages, target: { ...asked.target, price: PRICE } }, book)) as Body;
    if (anthropicSpecMissing === false) assertAnthropic("CreateMessageParams", body);
    const turns = body["messages"] as readonly Turn[];
    return turns.flatMap(({ content }, at) => (content.some((block) => "cache_control" in block) ? [at] : []));
  });
}
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

test("a conversation that goes on is marked at its end; one over documents, at the last answer", () => {
  const talk = [user(LONG), assistant("One."), user("Two?"), assistant("Two."), user("Three?")];
  assert.deepEqual(marksOf([talk.slice(0, 1), talk.slice(0, 3), talk]), [[], [2], [4]]);
  const passage = { chunkId: "c", text: "A rule." } as unknown as Passage;
  assert.deepEqual(marksOf([talk.slice(0, 1), talk.slice(0, 3), talk], [passage]), [[], [], [3]]);
});

test("calls that share their first words and go different ways are not marked at ends that nobody reads", () => {
  const examples = [user(LONG), assistant("One.")];
  const calls = ["Two?", "Three?", "Four?"].map((question) => [...examples, user(question)]);
  assert.deepEqual(marksOf(calls), [[], [], []]);
  assert.deepEqual(marksOf([[user("Short.")], [user("Short."), assistant("One."), user("Two?")]]), [[], []]);
});

test("results of tools are part of what goes on", () => {
  const call: Message = { role: "assistant", content: null, toolCalls: [{ id: "c1", name: "look", arguments: "{}" }] };
  const result: Message = { role: "tool", content: "a gate", toolCallId: "c1" };
  assert.deepEqual(marksOf([[user(LONG)], [user(LONG), call, result]]), [[], [2]]);
});

test("nothing is marked where it does not pay, is not wanted, or is not known to pay", () => {
  const targets: readonly Partial<Target>[] = [
    { price: PRICE, promptCache: "off" },
    { price: undefined },
    { price: { inputPerMTok: 3, outputPerMTok: 15 } },
    { price: { ...PRICE, cacheWritePerMTok: undefined } },
    { price: { ...PRICE, cachedInputPerMTok: undefined } },
    { price: { ...PRICE, cachedInputPerMTok: 3 } },
  ];
  for (const target of targets) assert.equal(isMarked(second({}, target)), false, JSON.stringify(target));
  console.log(`# ${targets.length} targets without marks`);
});

test("a caller's own mark stands alone, with the lifetime whose price is known", () => {
  const asked = second({ extra: { cache_control: { type: "ephemeral", ttl: "1h" } } });
  assert.deepEqual([asked["cache_control"], typeof asked["system"]], [MARK, "string"]);
  const block = {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "A rule." },
    cache_control: { type: "ephemeral", ttl: "1h" },
  };
  const marked = second({}, { price: PRICE }, [{ role: "user", content: [{ type: "raw", value: block }] }]);
  assert.equal(typeof marked["system"], "string");
  assert.ok(!JSON.stringify(marked).includes("1h"));
  assert.ok(isMarked(marked));
  for (const odd of ["ephemeral", { type: "persistent" }, 1]) {
    assert.equal(second({ extra: { cache_control: odd } })["cache_control"], undefined);
  }
});
