import type { ProviderConfig, RemoteConfig } from "../config/index.ts";
import { assertNever } from "../kernel/assert-never.ts";
import type { Clock } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import { createAnthropicWire } from "./anthropic/index.ts";
import type { Every } from "./deadlines.ts";
import { createDeadlines } from "./deadlines.ts";
import { createOpenAiEmbed } from "./openai/embeddings.ts";
import { createRank, createTeiProbe } from "./openai/rerank.ts";
import { createLlamaProvider } from "./llama/index.ts";
import { createOpenAiWire } from "./openai/index.ts";
import type { Provider } from "./spec.ts";
import type { Connection } from "./connection.ts";
import { createTransport, openConnection, type ConnectionOptions, type Outbound } from "./transport.ts";
import type { Wire } from "./wire.ts";
import { createWireProvider } from "./wire-provider.ts";

export type ProviderDeps = {
  readonly clock: Clock;
  /** What keeps one tenant's cached prompts from another's timing: a secret function of the tenant. */
  readonly cacheSalt: (tenantId: TenantId) => string;
  readonly every?: Every;
  readonly outbound?: Outbound;
  readonly connect?: (options: ConnectionOptions) => Connection;
};

/** One provider for each configured one, by name. */
export function createProviders(configs: readonly ProviderConfig[], deps: ProviderDeps): ReadonlyMap<string, Provider> {
  const { clock, every = onTimer, connect = openConnection } = deps;
  const deadlines = createDeadlines({ clock, every });
  const cacheSalt = remembered(deps.cacheSalt);
  const providers = new Map<string, Provider>();
  for (const config of configs) {
    if (config.kind === "llama") {
      providers.set(config.name, createLlamaProvider(config, { clock, deadlines }));
      continue;
    }
    const tls = config.baseUrl.startsWith("https:");
    const viaProxy = config.trust === "external" && tls;
    const transport = createTransport({ clock, deadlines, connection: connect({ viaProxy, tls, ...deps.outbound }) });
    const wire = createWire(config, { cacheSalt, clock });
    const provider = createWireProvider(config.name, config.baseUrl, wire, transport);
    if (config.kind === "openai") {
      const salt = config.engine === "vllm" ? { cacheSalt } : {};
      const embed = createOpenAiEmbed({ baseUrl: config.baseUrl, headers: wire.headers, transport, ...salt });
      const rank = createRank({ baseUrl: config.baseUrl, engine: config.engine, headers: wire.headers, transport });
      const own = config.engine === "tei" ? { probe: createTeiProbe(config.baseUrl, wire.headers, transport) } : {};
      providers.set(config.name, { ...provider, embed, rank, ...own });
    } else providers.set(config.name, provider);
  }
  return providers;
}

function createWire(config: RemoteConfig, { cacheSalt, clock }: Pick<ProviderDeps, "cacheSalt" | "clock">): Wire {
  switch (config.kind) {
    case "openai":
      return createOpenAiWire(config, cacheSalt);
    case "anthropic":
      return createAnthropicWire(config, clock.monotonicMs);
    default:
      return assertNever(config.kind);
  }
}

const onTimer: Every = (milliseconds, task) => {
  const timer = setInterval(task, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
};

/** Tenants whose salt is kept: one is an HMAC, which costs as much as the rest of a request's body. */
const SALTS_MAX = 10_000;

function remembered(derive: (tenantId: TenantId) => string): (tenantId: TenantId) => string {
  const known = new Map<TenantId, string>();
  return (tenantId) => {
    const found = known.get(tenantId);
    if (found !== undefined) return found;
    if (known.size >= SALTS_MAX) known.clear();
    const salt = derive(tenantId);
    known.set(tenantId, salt);
    return salt;
  };
}
