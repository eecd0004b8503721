import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall, Message } from "../../domain/chat.ts";
import type { Target } from "../../domain/target.ts";
import { tenantIds } from "../../kernel/ids.ts";
import { askedOf, chatOf, configOf } from "../testing.ts";
import { createOpenAiWire } from "./index.ts";

const FIRST: readonly Message[] = [
  { role: "system", content: "You work for Acme." },
  { role: "user", content: "What is a weir?" },
];
const LATER: readonly Message[] = [...FIRST, { role: "assistant", content: "A low dam." }, { role: "user", content: "How low?" }];

const TENANTS = { acme: tenantIds.make(1), beta: tenantIds.make(2) };

type Options = { readonly tenant?: keyof typeof TENANTS; readonly target?: Partial<Target>; readonly baseUrl?: string };
function bodyOf(messages: readonly Message[], extra: ChatCall["extra"] = {}, { tenant = "acme", target = {}, baseUrl }: Options = {}) {
  const wire = createOpenAiWire(configOf("openai", baseUrl ?? "https://api.openai.com/v1"), (id) => `salt of ${id}`);
  const asked = askedOf("openai", chatOf(messages, { extra }));
  const who = { ...asked.call.who, tenant: { ...asked.call.who.tenant, id: TENANTS[tenant] } };
  const sent = { ...asked, call: { ...asked.call, who }, target: { ...asked.target, ...target } };
  return JSON.parse(wire.writeRequest(sent)) as Readonly<Record<string, unknown>>;
}
const keyOf = (...asked: Parameters<typeof bodyOf>): unknown => bodyOf(...asked)["prompt_cache_key"];

test("all turns of a conversation have one key, and another conversation or tenant has another", () => {
  assert.match(String(keyOf(FIRST)), /^[0-9a-f]{32}$/);
  assert.equal(keyOf(LATER), keyOf(FIRST));
  assert.notEqual(keyOf([{ role: "user", content: "What is a weir?" }]), keyOf(FIRST));
  assert.notEqual(keyOf(FIRST, {}, { tenant: "beta" }), keyOf(FIRST));
});

test("a client's own key tells its conversations apart, and reaches no other tenant's", () => {
  const named = { prompt_cache_key: "support" };
  assert.equal(keyOf(FIRST, named), keyOf([{ role: "user", content: "Else." }], named));
  assert.notEqual(keyOf(FIRST, named), "support");
  assert.notEqual(keyOf(FIRST, named), keyOf(FIRST, named, { tenant: "beta" }));
});

test("a longer lifetime, whose price is another, cannot be asked for", () => {
  const body = bodyOf(FIRST, { prompt_cache_retention: "24h", prompt_cache_options: { ttl: "12h" } });
  assert.deepEqual([body["prompt_cache_retention"], body["prompt_cache_options"]], [undefined, undefined]);
});

test("no key is sent where the model's setting is off, nor to servers that do not know it", () => {
  assert.equal(keyOf(FIRST, { prompt_cache_key: "k" }, { target: { promptCache: "off" } }), undefined);
  assert.equal(keyOf(FIRST, {}, { baseUrl: "http://127.0.0.1:8000/v1" }), undefined);
});
