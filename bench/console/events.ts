/** Calls of an organisation over some months: who calls, how often at which hour, and what it costs. The same for the same seed. */
import type { CallEvent, LedgerEvent, RefusalEvent } from "../../src/domain/event.ts";
import { requestIds, type KeyId, type TenantId } from "../../src/kernel/ids.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";

export type BenchKey = { readonly tenantId: TenantId; readonly keyId: KeyId; readonly team: string };
export type EventsAsk = {
  readonly keys: readonly BenchKey[];
  readonly events: number;
  readonly days: number;
  /** Midnight after the last day. */
  readonly endMs: number;
};

const DAY_MS = 86_400_000;
const FEATURES = Array.from({ length: 30 }, (_, at) => `feature-${String(at + 1).padStart(2, "0")}`);
const MODELS = Array.from({ length: 12 }, (_, at) => ({
  model: `model-${String(at + 1).padStart(2, "0")}`,
  provider: ["local", "claude", "openai"][at % 3] ?? "local",
  trust: at % 3 === 0 ? ("private" as const) : ("external" as const),
  /** Micro-dollars a token. */
  input: at % 3 === 0 ? 0.1 : 1 + at / 3,
  output: at % 3 === 0 ? 0.4 : 5 + at,
}));
/** A share of each hour of a working day. */
const HOURS = [1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 18, 16, 14, 17, 18, 17, 15, 11, 7, 5, 4, 3, 2, 1];

type Habit = BenchKey & {
  readonly weight: number;
  readonly features: readonly { readonly feature: string; readonly models: readonly number[] }[];
};

/** A key has a few purposes, and each purpose a model or two: as people use it, so that sums are fewer than calls. */
function habitsOf(keys: readonly BenchKey[], random: () => number): readonly Habit[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  return keys.map((key) => ({
    ...key,
    weight: 1 / (1 + below(12)),
    features: Array.from({ length: 1 + below(4) }, () => ({
      feature: FEATURES[below(FEATURES.length)] ?? "",
      models: Array.from({ length: 1 + below(2) }, () => below(MODELS.length)),
    })),
  }));
}

/** In the order of time, a day at a time. */
export function* makeEvents({ keys, events, days, endMs }: EventsAsk): Generator<readonly LedgerEvent[]> {
  const random = createSeededRandom(7);
  const habits = habitsOf(keys, random);
  const weights = habits.map(({ weight }) => weight);
  const dayWeights = Array.from({ length: days }, (_, day) => {
    const weekday = new Date(endMs - (days - day) * DAY_MS).getUTCDay();
    return (weekday === 0 || weekday === 6 ? 0.3 : 1) * (0.8 + (0.4 * day) / days);
  });
  const total = dayWeights.reduce((a, b) => a + b, 0);
  let made = 0;
  for (const [day, weight] of dayWeights.entries()) {
    const count = day === days - 1 ? events - made : Math.round((events * weight) / total);
    made += count;
    const startMs = endMs - (days - day) * DAY_MS;
    const times = Array.from({ length: count }, () => startMs + Math.floor((pick(HOURS, random) + random()) * 3_600_000)).toSorted(
      (a, b) => a - b,
    );
    yield times.map((atMs) => makeEvent(of(habits, pick(weights, random)), atMs, random));
  }
}

function of<T>(list: readonly T[], at: number): T {
  const one = list[at];
  if (one === undefined) throw new Error(`there is no ${String(at)}`);
  return one;
}

/** An index, as often as its weight says. */
function pick(weights: readonly number[], random: () => number): number {
  let left = random() * weights.reduce((a, b) => a + b, 0);
  for (const [at, weight] of weights.entries()) if ((left -= weight) < 0) return at;
  return weights.length - 1;
}

function makeEvent(habit: Habit, atMs: number, random: () => number): LedgerEvent {
  const { tenantId, keyId, team, features } = habit;
  const about = { v: 1, requestId: requestIds.make(atMs), tenantId, keyId } as const;
  if (random() < 0.01) {
    const refused: RefusalEvent = {
      ...about,
      type: "refusal",
      outcome: "refused",
      code: random() < 0.5 ? "budget_spent" : "rate_limited",
      startedAtMs: Math.floor(atMs / 60_000) * 60_000,
      count: 1 + Math.floor(random() * 20),
    };
    return refused;
  }
  const purpose = of(features, Math.floor(random() * features.length));
  const target = of(MODELS, of(purpose.models, Math.floor(random() * purpose.models.length)));
  const { model, provider, trust } = target;
  const inputTokens = 200 + Math.floor(random() ** 3 * 8000);
  const outputTokens = 20 + Math.floor(random() ** 2 * 1200);
  const costMicroUsd = Math.round(inputTokens * target.input + outputTokens * target.output);
  const dice = random();
  const outcome = dice < 0.96 ? "finished" : dice < 0.985 ? "failed" : "aborted";
  const used = { inputTokens, outputTokens, cachedTokens: 0, costMicroUsd, usageSource: "reported" as const };
  const call: CallEvent = {
    ...about,
    type: "call",
    team,
    feature: purpose.feature,
    startedAtMs: atMs,
    latencyMs: 300 + Math.floor(random() * 4000),
    firstPartMs: 80 + Math.floor(random() * 400),
    outcome,
    ...(outcome === "failed" ? { code: "upstream_failed" } : {}),
    stream: random() < 0.7,
    modelAsked: "auto",
    model,
    provider,
    trust,
    ...used,
    attempts: [{ provider, model, trust, outcome, latencyMs: 300, cacheWriteTokens: 0, priceVersion: "bench", ...used }],
    candidates: [
      { model, provider },
      { model: "model-01", provider: "local", fell: "breaker-open" },
    ],
    rule: { route: "auto", at: 1 },
    tier: "model",
    fingerprint: { prompt: "a".repeat(64), policy: "b".repeat(64), config: "c".repeat(64) },
  };
  return call;
}
