import type { Config, ProviderConfig } from "../config/index.ts";
import type { ModelStatus, OperationFigures, ProviderStatus } from "../contract/operations.ts";
import type { ProviderOut } from "../domain/provider-state.ts";
import type { TargetHealth } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import { toIso } from "../kernel/clock.ts";
import { FAULTS, type FaultCode } from "../kernel/fault.ts";
import type { VllmWatch } from "../provider/index.ts";
import { MINUTES_MAX, type Figures, type Minutes } from "../telemetry/index.ts";
import { providerSeries } from "./live.ts";
import type { ProviderProbes } from "./provider-probes.ts";
import type { Resilience } from "./resilience.ts";

export type StatusDeps = {
  config(): Config;
  readonly resilience: Pick<Resilience, "targets">;
  readonly vllm: Pick<VllmWatch, "of">;
  readonly probes: Pick<ProviderProbes, "of">;
  readonly minutes: Minutes;
  outOf(provider: string): ProviderOut | undefined;
};

type Known = ReturnType<Resilience["targets"]>[number];

export const WINDOWS = [1, 15, 60] as const;

/** How each model is doing, as this process knows it. */
export function listModelStatus(deps: StatusDeps): readonly ModelStatus[] {
  return deps.resilience.targets().map((known) => toModelStatus(deps, known));
}

function toModelStatus({ minutes, outOf }: StatusDeps, { target, health, opened, repeats }: Known): ModelStatus {
  const { tools, jsonSchema, images, manyChoices } = target.capabilities;
  return {
    model: target.model,
    provider: target.provider,
    upstream: target.upstream,
    use: useOf(target),
    trust: target.trust,
    region: target.region ?? null,
    contextTokens: target.contextTokens ?? null,
    capabilities: { tools, jsonSchema, images, manyChoices },
    price:
      target.price === undefined
        ? null
        : { inputPerMTok: target.price.inputPerMTok, outputPerMTok: target.price.outputPerMTok, source: target.priceVersion },
    ...toSwitched(outOf(target.provider)),
    breaker: { state: health.state, opensInMs: health.state === "open" ? (health.opensInMs ?? null) : null, opened, repeats },
    ejected: health.ejected === true,
    latencyMs: health.latencyMs === undefined ? null : Math.round(health.latencyMs),
    inFlight: health.inFlight,
    ...toQueue(health),
    ...toSeen(minutes, target.model),
  };
}

const useOf = ({ capabilities: { embeddings, ranks } }: Target): ModelStatus["use"] =>
  embeddings === true ? "embedding" : ranks === true ? "rerank" : "chat";

const toSwitched = (out: ProviderOut | undefined) => ({
  state: out?.state ?? ("on" as const),
  reason: out === undefined || out.reason === "" ? null : out.reason,
  changedBy: out?.by ?? null,
  changedAt: out === undefined ? null : toIso(out.atMs),
});

const toQueue = ({ queueDepth, startsInMs }: Pick<TargetHealth, "queueDepth" | "startsInMs">) => ({
  queueDepth: queueDepth ?? null,
  startsInMs: startsInMs === undefined ? null : Math.round(startsInMs),
});

/** Whether each provider answers, what its own server tells, and how its models do together. */
export function listProviderStatus(deps: StatusDeps): readonly ProviderStatus[] {
  const targets = deps.resilience.targets();
  return deps.config().providers.map((provider) =>
    toProviderStatus(
      deps,
      provider,
      targets.filter(({ target }) => target.provider === provider.name),
    ),
  );
}

function toProviderStatus(
  { minutes, outOf, vllm, probes }: StatusDeps,
  provider: ProviderConfig,
  targets: readonly Known[],
): ProviderStatus {
  const { name, kind, trust, region } = provider;
  const out = outOf(name);
  const reading = vllm.of(name);
  const probed = out?.state === "disabled" ? undefined : probes.of(name);
  // Two models with one upstream share what is known of it.
  const states = new Map(targets.map(({ target, health }) => [target.upstream, health.inFlight]));
  return {
    provider: name,
    kind,
    engine: provider.kind === "llama" ? "llama.cpp" : (provider.engine ?? null),
    host: provider.kind === "llama" ? "in this machine" : hostOf(provider.baseUrl),
    trust,
    region: region ?? null,
    models: targets.map(({ target }) => target.model),
    ...toSwitched(out),
    probe:
      probed === undefined ? null : { ok: probed.ok, code: probed.code ?? null, message: probed.message ?? null, at: toIso(probed.atMs) },
    inFlight: [...states.values()].reduce((sum, count) => sum + count, 0),
    ...toQueue({ queueDepth: reading?.queueDepth, startsInMs: reading?.startsInMs }),
    running: reading?.running ?? null,
    cacheUsage: reading?.cacheUsage ?? null,
    adapters: {
      configured: provider.kind === "llama" ? Object.keys(provider.adapters) : null,
      running: reading === undefined ? null : [...reading.adapters.running],
      waiting: reading === undefined ? null : [...reading.adapters.waiting],
    },
    ...toSeen(minutes, providerSeries(name)),
  };
}

/** An address may hold a name and a password. */
function hostOf(baseUrl: string): string {
  try {
    return new URL(baseUrl).host;
  } catch {
    return "unknown";
  }
}

const toSeen = (minutes: Minutes, series: string) => ({ ...toLive(minutes, series), errors: toErrors(minutes, series, MINUTES_MAX) });

export const toLive = (minutes: Minutes, series: string | undefined, back: number = MINUTES_MAX) => ({
  windows: WINDOWS.map((window) => ({ minutes: window, ...toWire(minutes.read(series, window)) })),
  series: minutes.series(series, back).map(({ atMs, ...figures }) => ({ at: toIso(atMs), ...toWire(figures) })),
});

export const toErrors = (minutes: Minutes, series: string | undefined, back: number) =>
  minutes.codes(series, back).map(({ code, count, lastAtMs }) => ({ code, count, lastAt: toIso(lastAtMs), message: sayCode(code) }));

const toWire = ({ calls, failed, aborted, refused, firstPartMs, totalMs }: Figures): OperationFigures => ({
  calls,
  failed,
  aborted,
  refused,
  errorShare: calls === 0 ? null : failed / calls,
  firstPartMs: firstPartMs ?? null,
  totalMs: totalMs ?? null,
});

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- looked up, not trusted
const sayCode = (code: string): string => (Object.hasOwn(FAULTS, code) ? FAULTS[code as FaultCode].message : code);
