import { dollarsToMicro } from "../kernel/money.ts";
import { readAbuse } from "./abuse.ts";
import { readConsole } from "./console.ts";
import { readGuard } from "./guard.ts";
import { readAuth } from "./read-auth.ts";
import { readModels } from "./models.ts";
import { readOutbound, readTls } from "./network.ts";
import { readObjects } from "./objects.ts";
import { readSources } from "./sources.ts";
import { readResilience } from "./resilience.ts";
import { readRetrieval } from "./retrieval.ts";
import { readPrompts } from "./prompts.ts";
import { readProviders } from "./providers.ts";
import { nameMap, readRoutes } from "./routes.ts";
import type { Source } from "./source.ts";
import { readTelemetry } from "./telemetry.ts";
import type { Config } from "./types.ts";

/** What a config file, or the environment in its place, decides. */
export type Settings = Pick<
  Config,
  | "providers"
  | "models"
  | "routes"
  | "tiers"
  | "guard"
  | "abuse"
  | "auth"
  | "console"
  | "objects"
  | "sources"
  | "tls"
  | "outbound"
  | "retention"
  | "approvals"
  | "prompts"
  | "chatLogs"
  | "telemetry"
  | "fallback"
  | "resilience"
  | "slo"
  | "retrieval"
  | "routingThreshold"
  | "maxOutputTokensDefault"
  | "maxOutputTokensCap"
  | "spendLimitMicroUsd"
  | "databaseConnections"
  | "limits"
> & {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly fsync: boolean;
};

/** Resolves references between settings, to the environment and to files. Problems go to `source.findings`. */
export async function readSettings(source: Source): Promise<Settings> {
  const { value } = source;
  const providers = await readProviders(source);
  const prompts = await readPrompts(source);
  const models = readModels(source, providers, prompts);
  const routes = readRoutes(source, models, providers);
  const { default: outputDefault, cap } = value.maxOutputTokens;
  return {
    providers: providers.started,
    models: models.started,
    routes,
    tiers: nameMap(Object.entries(value.tiers).map(([name, tier]) => [name, { rpm: tier.rpm, tpm: tier.tpm }] as const)),
    guard: await readGuard(source),
    abuse: readAbuse(source),
    auth: await readAuth(source),
    console: await readConsole(source),
    objects: await readObjects(source),
    sources: await readSources(source),
    telemetry: await readTelemetry(source),
    tls: await readTls(source),
    outbound: await readOutbound(source),
    retention: {
      eventMonths: value.retention.eventMonths,
      contentDays: value.retention.contentDays,
      changeDays: value.retention.changeDays,
      reportDays: value.retention.reportDays,
    },
    approvals: value.approvals,
    prompts,
    chatLogs: { sampleShare: value.chatLogs.sampleShare },
    fallback: value.fallback,
    retrieval: readRetrieval(source, models.started),
    resilience: readResilience(
      source,
      models.started.map(({ name }) => name),
    ),
    slo: value.slo,
    routingThreshold: value.routingThreshold,
    maxOutputTokensDefault: cap === undefined ? outputDefault : Math.min(outputDefault, cap),
    maxOutputTokensCap: cap,
    spendLimitMicroUsd: value.spendLimitUsd === undefined ? undefined : dollarsToMicro(value.spendLimitUsd),
    databaseConnections: value.database.connections,
    limits: { callsInFlight: value.server.callsInFlight, callsQueued: value.server.callsQueued, queueWaitMs: value.server.queueWaitMs },
    host: value.server.host,
    port: value.server.port,
    fsync: value.journal.fsync,
  };
}
