import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "bun:test";
import { MODEL_SIGNALS, SIGNALS, type Signals } from "../../domain/signals.ts";
import { readCondition } from "./condition.ts";

const signals = (change: Partial<Signals> = {}): Signals => ({
  pii: { found: true, types: ["EMAIL", "IBAN"] },
  complexity: 0.75,
  complexityRank: 0.9,
  inputTokens: 3000,
  outputTokens: 500,
  expectedOutputTokens: 120,
  tools: true,
  schema: false,
  images: false,
  stream: true,
  rag: false,
  language: "de",
  tenant: { slug: "acme", tier: "gold", region: "eu" },
  team: "",
  feature: "search",
  key: { role: "member" },
  requestsToday: 2999,
  routingThreshold: 3000,
  budgetLeft: 0.25,
  hour: 13,
  weekday: "mon",
  healthy: (model) => model === "own",
  queueDepth: (model) => (model === "own" ? 9 : 0),
  inFlight: () => 2,
  ...change,
});

function holds(text: string, change: Partial<Signals> = {}): boolean {
  const read = readCondition(text);
  assert.ok(read.ok, read.ok ? "" : `${text}: ${read.message}`);
  return read.holds(signals(change));
}
function trouble(text: string): string {
  const read = readCondition(text);
  assert.ok(!read.ok, `${text} was read`);
  return `${String(read.at)}: ${read.message}`;
}

const TRUE = [
  "pii.found",
  "!images && !schema",
  "complexity > 0.7 && complexity < 1 && complexityRank >= 0.9",
  "inputTokens > 2000 && inputTokens == 3000 && outputTokens + 1 > 500 && expectedOutputTokens < 121",
  '"IBAN" in pii.types && pii.types.exists(type, type.startsWith("EM")) && size(pii.types) == 2',
  'tenant.slug == "acme" && tenant.tier in ["gold", "silver"] && tenant.region == "eu" && key.role == "member"',
  'team == "" && feature.contains("ear") && language == "de"',
  "requestsToday < routingThreshold && requestsToday % 2 == 1",
  "budgetLeft < 0.3 && hour >= 9 && hour < 18",
  'weekday in ["mon", "tue"] ? stream : rag',
  'queueDepth("own") > 8 && healthy("own") && !healthy("api") && inFlight("api") == 2',
  "tools || 1 / (inputTokens - 3000) > 0",
];

test("every signal can be asked, alone and together, and conditions hold where they should", () => {
  for (const text of TRUE) {
    assert.equal(holds(text), true, text);
    assert.equal(holds(`!(${text})`), false, text);
  }
  const asked = TRUE.flatMap((text) => {
    const read = readCondition(text);
    return read.ok ? [...read.asks] : [];
  });
  for (const name of Object.keys(SIGNALS)) assert.ok(asked.includes(name), name);
  console.log(`# ${TRUE.length} conditions with ${Object.keys(SIGNALS).length} signals`);
});

test("a condition reads each signal as it stands at its own call, and nothing is read before it is asked for", () => {
  const read = readCondition("complexity > 0.8 && tools");
  assert.ok(read.ok);
  const seen: string[] = [];
  const watched = new Proxy(signals({ complexity: 0.5 }), {
    get(of, name) {
      seen.push(String(name));
      return Reflect.get(of, name) as unknown;
    },
  });
  assert.equal(read.holds(watched), false);
  assert.deepEqual(seen, ["complexity"]);
  assert.equal(read.holds(signals({ complexity: 0.9 })), true);
});

test("what a condition asks and which models it names is known without a call", () => {
  const read = readCondition('healthy("own") && (pii.found || queueDepth("api") > 3)');
  assert.ok(read.ok);
  assert.deepEqual([...read.asks].toSorted(), ["healthy", "pii.found", "queueDepth"]);
  assert.deepEqual(read.models, [
    { name: "own", at: 8 },
    { name: "api", at: 43 },
  ]);
});

test("what is wrong with a condition is told where it is, with the nearest known signal", () => {
  assert.equal(trouble("tools && complxity > 0.8"), '9: there is no signal "complxity". Did you mean "complexity"?');
  assert.equal(trouble("pii.fuond"), '0: there is no signal "pii.fuond". Did you mean "pii.found"?');
  assert.equal(trouble('tools || helthy("own")'), '9: there is no signal "helthy". Did you mean "healthy"?');
  assert.match(trouble("contains_pii"), /^0: there is no signal "contains_pii"\. Known: pii\.found, /);
  assert.equal(trouble("tenant"), "0: tenant alone is no signal. There are tenant.slug, tenant.tier, tenant.region.");
  assert.equal(trouble("pii.found &&"), "12: unexpected token: EOF.");
  assert.equal(trouble("complexity"), "0: gives double, and a condition is true or false.");
  assert.equal(trouble("complexity == 1"), "0: no such overload: double == int. Write whole numbers there with a fraction: 1.0.");
  assert.equal(trouble("tools && team == 3"), "9: no such overload: string == int.");
  assert.equal(trouble("healthy(team)"), '8: healthy takes the name of a model between quotes: healthy("name").');
  assert.equal(trouble("queueDepth() > 3"), '0: queueDepth takes the name of a model between quotes: queueDepth("name").');
});

test("nothing that could take long, or look at anything but signals, can be written", () => {
  for (const text of [
    'feature.matches("(a+)+b")',
    "[1, 2].exists(a, [1, 2].exists(b, a == b))",
    "[1, 2].map(a, a) == [1, 2]",
    'dyn(complexity) == "a"',
    'timestamp("2026-01-01T00:00:00Z").getHours() > 3',
    'tenant.constructor == "x"',
    "__proto__ == 1",
    `${"!".repeat(300)}tools`,
    `${"(".repeat(100)}tools${")".repeat(100)}`,
    Array.from({ length: 300 }, () => "tools").join(" || "),
    `hour in [${Array.from({ length: 100 }, (_, at) => at).join(", ")}]`,
  ])
    trouble(text);
});

test("a condition that cannot be told throws, and what is true whatever the rest is holds all the same", () => {
  const read = readCondition("1 / (hour - 13) > 0");
  assert.ok(read.ok);
  assert.throws(() => read.holds(signals()));
  const failing = new Proxy(signals(), {
    get(of, name) {
      if (name === "complexity") throw new Error("no scorer");
      return Reflect.get(of, name) as unknown;
    },
  });
  const scored = readCondition("complexity > 0.5");
  assert.ok(scored.ok);
  assert.throws(() => scored.holds(failing), /no scorer/);
  const either = readCondition("complexity > 0.5 || tools");
  assert.ok(either.ok);
  assert.equal(either.holds(failing), true);
});

test("docs/routing.md tells of every signal, in its own words", async () => {
  const document = await readFile(new URL("../../../docs/routing.md", import.meta.url), "utf8");
  for (const [name, { say }] of [...Object.entries(SIGNALS), ...Object.entries(MODEL_SIGNALS)])
    assert.ok(
      document.split("\n").some((line) => line.startsWith(`| \`${name}`) && line.includes(`| ${say.replace(/\.$/, "")}`)),
      name,
    );
});
