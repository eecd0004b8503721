/**
 * What rules cost a call: `bun bench/routing.ts`. The CPU time of a plan under routes of one rule without a condition and of 20 rules of which
 * the last takes the call, so that every condition is asked; on a prompt of 2 KB. Exits 1 where the 20 rules cost more than their budget.
 */
import { readCondition } from "../src/config/index.ts";
import { testChat } from "../src/domain/testing.ts";
import type { TenantPrincipal } from "../src/domain/principal.ts";
import type { Target } from "../src/domain/target.ts";
import { complexityOf, createComplexityRanks, createRouter, expectedOutputTokens, EXTRACTIVE, languageOf } from "../src/route/index.ts";
import { LONG_BODY } from "./payload.ts";

const BUDGET_US = 20;
const ROUNDS = 20_000;
const REPEATS = 5;

const own: Target = {
  ...EXTRACTIVE,
  model: "own",
  provider: "local",
  kind: "openai",
  capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: true },
};
const small: Target = { ...own, model: "small", provider: "second" };
const api: Target = { ...own, model: "api", provider: "claude", trust: "external", price: { inputPerMTok: 3, outputPerMTok: 15 } };

/** Half of them about the caller, half about what it sends; none holds. */
const CONDITIONS = [
  "pii.found",
  'tenant.tier == "free" && requestsToday > 1000',
  'team in ["legal", "health", "finance"]',
  'feature.startsWith("batch-")',
  "tools && schema",
  "images || outputTokens > 100000",
  'weekday in ["sat", "sun"] && hour < 8',
  'queueDepth("own") > 16 || !healthy("own")',
  "budgetLeft < 0.1 && !stream",
  "inputTokens > 30000",
  'tenant.region == "eu-central-1" && key.role == "tenant-admin"',
  '"IBAN" in pii.types',
  "requestsToday > routingThreshold",
  "inputTokens < 10 && outputTokens < 10",
  'tenant.slug == "globex" || tenant.slug == "initech"',
  'rag && feature.contains("handbook")',
  'inFlight("small") > 100',
  "pii.types.exists(type, type == 'EMAIL') && !tools",
  "outputTokens % 2 == 1 && inputTokens % 7 == 8",
];
/** Those whose signals read the prompt, whose own cost is not the rules'. */
const READING = ["complexity > 2.0", "complexityRank > 2.0", "expectedOutputTokens > 1000000", 'language == "xx"'];

const ranks = createComplexityRanks();
const rule = (when: string | undefined) => ({ when, use: ["own", "small", "api"], trust: undefined });
const routerOf = (conditions: readonly string[]) => {
  return createRouter({
    targets: new Map([own, small, api].map((target) => [target.model, target])),
    extractive: EXTRACTIVE,
    routes: { auto: [...conditions.map(rule), rule(undefined)] },
    fallback: true,
    read: readCondition,
    dice: Math.random,
    signals: {
      complexity: complexityOf,
      complexityRank: (tenantId, complexity) => ranks.rankOf(tenantId, complexity),
      expectedOutputTokens,
      language: languageOf,
      requestsToday: () => 12,
      routingThreshold: 3000,
      nowMs: () => 1_783_344_600_000,
    },
  });
};

const { messages }: { messages: readonly { content: string }[] } = JSON.parse(LONG_BODY);
const text = messages
  .map(({ content }) => content)
  .join("\n")
  .slice(0, 2048);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the router reads these fields alone
const who = {
  tenant: { id: "ten_a", slug: "acme", tier: "gold" },
  key: { id: "key_a", role: "member", team: "web" },
} as unknown as TenantPrincipal;
const wanted = {
  chat: testChat({ model: "auto", messages: [{ role: "user", content: text }] }),
  who,
  inputBytes: 2048,
  passages: 0,
  budgeted: true,
  feature: "search",
  content: { personal: false, mode: "off", unread: undefined },
  findingTypes: () => ["PERSON"],
} as const;

/** CPU time of one plan in microseconds, the least of some repeats: what else the machine does only adds. */
function measure(conditions: readonly string[]): number {
  const router = routerOf(conditions);
  const plan = (): void => {
    if (router.plan(wanted).rule?.at !== conditions.length) throw new Error("a condition held that should not");
  };
  for (let round = 0; round < ROUNDS; round++) plan();
  let least = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round++) plan();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / ROUNDS);
  }
  return least;
}

const one = measure([]);
const twenty = measure(CONDITIONS);
const reading = measure(READING);
const added = twenty - one;
console.log("| route | us of CPU a call |\n| --- | ---: |");
console.log(`| one rule, no condition | ${one.toFixed(1)} |`);
console.log(`| ${CONDITIONS.length + 1} rules, every condition asked | ${twenty.toFixed(1)} |`);
console.log(`| ${READING.length} conditions that read a prompt of 2 KB | ${reading.toFixed(1)} |`);
console.log(`\n20 rules cost ${added.toFixed(1)} us a call, budget ${BUDGET_US} us`);
if (CONDITIONS.length !== 19) throw new Error("a route of 20 rules was to be measured");
if (added > BUDGET_US) process.exitCode = 1;
