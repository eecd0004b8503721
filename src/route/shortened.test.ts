import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ContextPolicy } from "../domain/context-policy.ts";
import type { Room, Shorten } from "../domain/shorten.ts";
import type { HealthView } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import { testChat } from "../domain/testing.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { fitOutput, roomOf } from "./context.ts";
import { createRouter } from "./plan.ts";
import { EXTRACTIVE } from "./targets.ts";
import { testParts } from "./testing.ts";

const target = (model: string, contextTokens: number | undefined): Target => ({
  ...EXTRACTIVE,
  model,
  provider: "p",
  kind: "openai",
  contextTokens,
});
const small = target("small", 1000);
const large = target("large", 2000);
const far: Target = { ...target("far", undefined), trust: "external", region: "us" };
const rag = { enabled: true, collection: "c", topK: 8 };
const INPUT_BYTES = 20_000;

type World = {
  readonly tenant?: ContextPolicy | undefined;
  readonly rule?: ContextPolicy | undefined;
  readonly when?: string;
  readonly use?: readonly string[];
  readonly region?: string | undefined;
  readonly grounded?: boolean;
  /** Least bytes that the prompt can have. */
  readonly leastBytes?: number;
  readonly open?: readonly string[];
};

function plan({
  tenant,
  rule,
  when,
  use = ["small", "large", "far"],
  region = "eu",
  grounded = false,
  leastBytes = 0,
  open = [],
}: World = {}) {
  const rooms: Room[] = [];
  const chat = testChat({ model: "auto", rag: grounded ? rag : undefined });
  const shorten: Shorten = (room) => {
    rooms.push(room);
    if (leastBytes > room.bytesMax) return { fits: false, inputBytes: leastBytes };
    return { fits: true, chat, inputBytes: room.bytesAimed, without: new Set([0]), passages: 0, trimmed: { messages: 1 } };
  };
  const health: HealthView = {
    of: ({ model }) => ({ state: open.includes(model) ? "open" : "closed", inFlight: 0, latencyMs: undefined, queueDepth: undefined }),
  };
  const first = when === undefined ? [] : [{ when, use: ["large"], trust: undefined, context: rule }];
  const router = createRouter({
    targets: new Map([small, { ...large, region: "eu" }, far, { ...small, region: "eu" }].map((each) => [each.model, each])),
    extractive: EXTRACTIVE,
    routes: { auto: [...first, { when: undefined, use, trust: undefined, context: rule }] },
    fallback: true,
    health,
    ...testParts(),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
  const who = { tenant: { region, context: tenant }, key: {} } as unknown as TenantPrincipal;
  const wanted = { chat, who, inputBytes: INPUT_BYTES, passages: 0, budgeted: false, shorten };
  const explained = router.explain(wanted);
  rooms.length = 0;
  try {
    const made = router.plan(wanted);
    assert.deepEqual(explained.plan, made, "explaining is planning");
    return { made, rooms, fault: undefined };
  } catch (error) {
    return { made: undefined, rooms, fault: Fault.from(error) };
  }
}
const names = (of: ReturnType<typeof plan>) => of.made?.targets.map(({ model }) => model);

test("a prompt is trimmed only where tenant or rule says so and neither refuses, and else it is refused as it was", () => {
  let count = 0;
  for (const tenant of [undefined, "refuse", "trim"] as const)
    for (const rule of [undefined, "refuse", "trim"] as const) {
      const of = plan({ tenant, rule, use: ["small", "large"] });
      const trims = tenant !== "refuse" && rule !== "refuse" && (tenant ?? rule) === "trim";
      assert.equal(of.made?.shortened !== undefined, trims, `${String(tenant)} ${String(rule)}`);
      assert.equal(of.fault?.code, trims ? undefined : "context_too_long");
      assert.equal(of.rooms.length, trims ? 1 : 0);
      count++;
    }
  console.log(`# trimming: ${String(count)} policies of tenant and rule`);
});

test("it is trimmed to the roomiest model that only lacks room, whoever else is in the rule", () => {
  const of = plan({ tenant: "trim" });
  assert.deepEqual(of.rooms, [{ bytesMax: (2000 - 100) * 4, bytesAimed: (2000 - 100) * 4 }]);
  assert.deepEqual(names(of), ["large"]);
  assert.deepEqual(
    of.made?.candidates.map(({ target: { model }, fell }) => [model, fell]),
    [
      ["small", "context"],
      ["large", undefined],
      ["far", "region"],
      ["extractive", "no-passages"],
    ],
  );
  assert.deepEqual(names(plan({ tenant: "trim", region: "us" })), ["far"], "who has room gets all of it");
  assert.equal(plan({ tenant: "trim", region: "us" }).made?.shortened, undefined);
});

test("a model whose breaker is open has no room, and one that is open does not make others refuse", () => {
  assert.deepEqual(names(plan({ tenant: "trim", open: ["large"] })), ["small"]);
  assert.deepEqual(plan({ tenant: "trim", use: ["small", "large"], open: ["small", "large"] }).fault?.code, "context_too_long");
});

test("over documents the last resort does not keep a model from answering, and answers where nothing can be trimmed enough", () => {
  assert.deepEqual(names(plan({ tenant: "trim", grounded: true })), ["large", "extractive"]);
  assert.deepEqual(names(plan({ grounded: true })), ["extractive"]);
  assert.deepEqual(names(plan({ tenant: "trim", grounded: true, leastBytes: 9000 })), ["extractive"]);
});

test("where even what must stay is too long, it is told by how many tokens", () => {
  const { fault } = plan({ tenant: "trim", leastBytes: 1900 * 4 + 400 });
  assert.equal(fault?.code, "context_too_long");
  assert.match(fault.message, /about 100 tokens longer/);
});

test("rules are asked about the call as it came: one for long calls keeps it after it was trimmed", () => {
  const of = plan({ rule: "trim", when: "inputTokens > 4000" });
  assert.deepEqual(names(of), ["large"]);
  assert.deepEqual(of.made?.rule, { route: "auto", at: 0 });
  assert.deepEqual(of.made?.signals, { inputTokens: 5000 });
});

test("the room of a model ends exactly where its context does", () => {
  let count = 0;
  for (const contextTokens of [256, 1000, 8192])
    for (const maxOutputTokens of [1, 16, 100, 4096])
      for (const maxOutputAsked of [true, false]) {
        const chat = testChat({ maxOutputTokens, maxOutputAsked });
        const of = { ...target("m", contextTokens), ...(contextTokens === 1000 ? { instructions: { text: "", bytes: 333 } } : {}) };
        const room = roomOf(chat, of);
        assert.ok(room !== undefined && room.bytesAimed <= room.bytesMax);
        if (room.bytesMax > 0) assert.notEqual(fitOutput(chat, room.bytesMax, of), undefined);
        assert.equal(fitOutput(chat, Math.max(0, room.bytesMax) + 1, of), undefined);
        const left = fitOutput(chat, Math.max(0, room.bytesAimed), of);
        if (!maxOutputAsked) assert.ok((left ?? 0) >= Math.min(maxOutputTokens, contextTokens / 4));
        count++;
      }
  console.log(`# trimming: ${String(count)} rooms`);
});
