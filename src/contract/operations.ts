import { z } from "zod";
import { PROVIDER_STATES } from "../domain/provider-state.ts";
import { SERVICE_LEVELS } from "../domain/service-level.ts";

const count = z.int().min(0);
const ms = z.number().min(0);
const moment = z.string().describe("ISO 8601, UTC.");
const percentiles = z
  .object({ p50: ms, p95: ms, p99: ms })
  .nullable()
  .describe("Milliseconds, within an eighth of the true value; null: nothing was measured.");

const figures = z.object({
  calls: count.describe("Finished and failed."),
  failed: count,
  aborted: count.describe("The caller left."),
  refused: count,
  errorShare: z.number().min(0).max(1).nullable().describe("Failed ones of `calls`; null: there were none."),
  firstPartMs: percentiles,
  totalMs: percentiles,
});
export type OperationFigures = z.output<typeof figures>;

const minute = figures.extend({ at: moment });
const window = figures.extend({ minutes: count });
const codes = z.array(z.object({ code: z.string(), count, lastAt: moment, message: z.string().describe("The code in words.") }));

/** How a model or provider did, as the process that answers has seen it. */
const seen = {
  windows: z.array(window).describe("The last 1, 15 and 60 minutes. `firstPartMs` and `totalMs` of whole attempts."),
  series: z.array(minute).describe("The last 60 minutes, oldest first; the last one is under way."),
  errors: codes.describe("Why attempts failed in the last 60 minutes, most first."),
};

const switched = {
  state: z.enum(PROVIDER_STATES),
  reason: z.string().nullable().describe("Why it is not on, as the operator wrote it."),
  changedBy: z.string().nullable(),
  changedAt: moment.nullable(),
};
const queue = {
  inFlight: count.describe("Calls of this process that it answers now."),
  queueDepth: count.nullable().describe("Calls that wait there; null: it does not tell."),
  startsInMs: ms.nullable().describe("Until a new call would begin there."),
};
const adapters = z
  .object({
    configured: z.array(z.string()).nullable().describe("Of weir.yaml; null: the provider keeps its own list."),
    running: z.array(z.string()).nullable().describe("Of the requests that run there now; null: it does not tell."),
    waiting: z.array(z.string()).nullable(),
  })
  .describe("LoRA adapters by name.");

export const modelStatus = z.object({
  model: z.string(),
  provider: z.string(),
  upstream: z.string().describe("Its name at the provider."),
  use: z.enum(["chat", "embedding", "rerank"]),
  trust: z.enum(["private", "external"]),
  region: z.string().nullable(),
  contextTokens: count.nullable(),
  capabilities: z.object({ tools: z.boolean(), jsonSchema: z.boolean(), images: z.boolean(), manyChoices: z.boolean() }),
  price: z
    .object({ inputPerMTok: z.number(), outputPerMTok: z.number(), source: z.string() })
    .nullable()
    .describe("Dollars for a million tokens; null: unknown."),
  ...switched,
  breaker: z.object({
    state: z.enum(["closed", "open", "half-open"]),
    opensInMs: ms.nullable().describe("Until the next call may probe it."),
    opened: count.describe("Times since this process began."),
    repeats: count,
  }),
  ejected: z.boolean().describe("Much slower than others that serve the same model: asked last, for a time."),
  latencyMs: ms.nullable().describe("To the first part, as routing reckons with it."),
  ...queue,
  ...seen,
});
export const modelStatusList = z.object({ data: z.array(modelStatus) });
export type ModelStatus = z.output<typeof modelStatus>;

export const providerStatus = z.object({
  provider: z.string(),
  kind: z.string(),
  engine: z.string().nullable(),
  host: z.string().describe("Where it is, without path and credentials; `in this machine` for a model that the server runs itself."),
  trust: z.enum(["private", "external"]),
  region: z.string().nullable(),
  models: z.array(z.string()),
  ...switched,
  probe: z
    .object({ ok: z.boolean(), code: z.string().nullable(), message: z.string().nullable(), at: moment })
    .nullable()
    .describe(
      "Whether it answered when last asked what it is; null: not asked yet, or disabled. Asked at start, and anew at most every 15 s while somebody looks.",
    ),
  ...queue,
  running: count.nullable(),
  cacheUsage: z.number().min(0).max(1).nullable().describe("Of its KV cache."),
  adapters,
  ...seen,
});
export const providerStatusList = z.object({ data: z.array(providerStatus) });
export type ProviderStatus = z.output<typeof providerStatus>;

export const providerSwitch = z.strictObject({
  reason: z.string().max(500).optional().describe("For whoever finds it so. Shown to operators; in the audit log as a digest."),
});

export const modelTest = z.object({
  ok: z.boolean(),
  model: z.string(),
  provider: z.string(),
  latencyMs: ms,
  firstPartMs: ms.nullable(),
  inputTokens: count,
  outputTokens: count,
  costMicroUsd: count,
  said: z.string().nullable().describe("What a chat model answered, at most 16 tokens."),
  requestId: z.string().nullable().describe("Of the call's record; null: it was refused before any provider was asked."),
  error: z.object({ code: z.string(), message: z.string(), upstreamStatus: z.int().nullable() }).nullable(),
});
export type ModelTest = z.output<typeof modelTest>;

export const operationsQuery = z.strictObject({
  minutes: z.coerce.number().int().min(1).max(60).optional().describe("How far back `live` reaches. 60 unless told."),
});

const objective = z.object({
  name: z.enum(["availability", "first-part"]),
  target: z.number().describe("Share from 0 to 1."),
  withinMs: ms.nullable().describe("Of `first-part`: what counts as fast."),
  days: count.describe("The window."),
  total: count,
  bad: count,
  attained: z.number().nullable().describe("Share of good ones; null: nothing was counted."),
  budgetLeft: z.number().nullable().describe("Of the error budget, 1: untouched, 0: used up, below: overdrawn."),
  burn: z
    .object({ hour: z.number().nullable(), sixHours: z.number().nullable() })
    .describe("How fast the budget is used: 1 uses exactly all of it in the window."),
});
const jobState = z.enum(["created", "retry", "active", "completed", "cancelled", "failed"]);

export const operationsView = z.object({
  at: moment,
  process: z.object({ id: z.string(), startedAt: moment, residentBytes: count }),
  objectives: z.array(objective).describe("Over all processes."),
  service: z.object({
    level: z.enum(SERVICE_LEVELS),
    configured: z.boolean().describe("weir.yaml says what less service would be (`resilience.service`)."),
  }),
  live: z
    .object({
      perSecond: z.array(count).describe("Calls that ended in each of the last 60 seconds, oldest first."),
      windows: z.array(window),
      series: z.array(minute),
      errors: codes,
    })
    .describe("Of this process."),
  admission: z.object({ inFlight: count, inFlightMax: count, queued: count, queuedMax: count }).describe("Of this process."),
  journal: z.object({ ok: z.boolean(), backlogBytes: count, backlogSeconds: z.number().min(0) }),
  database: z.object({ ok: z.boolean(), engine: z.enum(["embedded", "postgresql"]), pingMs: ms.nullable() }),
  objects: z.object({ ok: z.boolean(), kind: z.string() }),
  replicas: z
    .array(z.object({ id: z.string(), self: z.boolean(), seenAt: moment }))
    .describe("Processes that counted calls or held budgets in the last 10 minutes."),
  index: z.object({ lagSeconds: z.number().min(0) }).describe("Age of the oldest document that is on its way into an index."),
  leases: z.object({ processes: count, outstandingMicroUsd: count }).describe("Slices of budgets that processes hold."),
  jobs: z.array(z.object({ name: z.string(), states: z.partialRecord(jobState, count), dead: count })),
});
export type OperationsView = z.output<typeof operationsView>;

export const deadJobsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).optional(),
  cursor: z.string().optional(),
});
export const deadJob = z.object({
  id: z.string(),
  name: z.string(),
  about: z.record(z.string(), z.string()).describe("What it was for, by ids and names."),
  tries: count,
  createdAt: moment,
  diedAt: moment,
});
export const deadJobPage = z.object({ data: z.array(deadJob), nextCursor: z.string().optional() });
export type DeadJob = z.output<typeof deadJob>;
export const jobRetried = z.object({
  id: z.string(),
  name: z.string(),
  retried: z.boolean().describe("false: the same job waits or runs already, so nothing more was done."),
});
