import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall } from "../../domain/chat.ts";
import type { RemoteConfig } from "../../config/index.ts";
import { tenantIds } from "../../kernel/ids.ts";
import { askedOf, chatOf, configOf } from "../testing.ts";
import { createOpenAiWire } from "./index.ts";

type Tenant = { readonly tier?: string; readonly at?: number };
const VLLM: Partial<RemoteConfig> = { engine: "vllm", tierPriority: { gold: -5, free: 10 } };

function bodyOf(
  chat: Partial<ChatCall>,
  { tier, at = 1 }: Tenant = {},
  config = VLLM,
  probed?: unknown,
): Readonly<Record<string, unknown>> {
  const wire = createOpenAiWire(configOf("openai", "http://10.0.0.1:8000/v1", config), (tenantId) => `salt of ${tenantId}`);
  if (probed !== undefined) wire.readProbe(probed);
  const asked = askedOf("openai", chatOf("Hello.", chat));
  const who = { ...asked.call.who, tenant: { ...asked.call.who.tenant, id: tenantIds.make(at), tier } };
  return JSON.parse(wire.writeRequest({ ...asked, call: { ...asked.call, who } })) as Readonly<Record<string, unknown>>;
}

/** Everything that a client might write to reach into another tenant's cache or to jump the queue. */
const REACHING = { cache_salt: "theirs", priority: -999, request_id: "r", kv_transfer_params: { do_remote_prefill: true } };

test("vLLM is told its tenant's salt in every call, whatever the client sent, and also on somebody else's hardware", () => {
  let calls = 0;
  for (const trust of ["private", "external"] as const) {
    for (const extra of [{}, REACHING]) {
      for (const stream of [true, false]) {
        const one = bodyOf({ stream, extra }, { at: 1 }, { ...VLLM, trust });
        const other = bodyOf({ stream, extra }, { at: 2 }, { ...VLLM, trust });
        assert.match(String(one["cache_salt"]), /^salt of ten_/);
        assert.notEqual(one["cache_salt"], other["cache_salt"]);
        assert.deepEqual([one["priority"], one["request_id"], one["kv_transfer_params"]], [undefined, undefined, undefined]);
        calls += 2;
      }
    }
  }
  console.log(`# ${calls} calls salted`);
});

test("a server that is declared to be vLLM keeps its salt, whoever it says owns its models", () => {
  const models = { data: [{ id: "m", owned_by: "llamacpp" }] };
  assert.ok(bodyOf({}, {}, VLLM, models)["cache_salt"]);
  assert.equal(bodyOf({}, {}, {}, models)["cache_salt"], undefined);
});

test("the tenant's tier decides the priority, and a client's own never does", () => {
  assert.equal(bodyOf({ extra: REACHING }, { tier: "gold" })["priority"], -5);
  assert.equal(bodyOf({ extra: REACHING }, { tier: "free" })["priority"], 10);
  assert.equal(bodyOf({ extra: REACHING }, { tier: "toString" })["priority"], undefined);
  assert.equal(bodyOf({ extra: REACHING }, {})["priority"], undefined);
});

test("a call for several answers goes without a priority, because vLLM's engine dies of both together", () => {
  assert.equal(bodyOf({ sampling: { n: 2 } }, { tier: "gold" })["priority"], undefined);
  assert.equal(bodyOf({ sampling: { n: 1 } }, { tier: "gold" })["priority"], -5);
});
