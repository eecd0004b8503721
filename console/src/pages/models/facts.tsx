import { modelsText as text } from "#text/models.ts";
import { formatAgo, formatCount, formatDuration, formatMoment, formatPercent } from "../../ui/format.ts";
import { priceOf } from "./columns.tsx";
import type { ModelStatus, ProviderStatus, Switched } from "./types.ts";

type Fact = readonly [name: string, value: React.ReactNode];

/** Who took the provider out, when and why. */
export function SwitchedNote({ of: { state, reason, changedBy, changedAt } }: { readonly of: Switched }) {
  if (state === "on" || changedAt === null) return null;
  const word = state === "draining" ? text.states.draining : text.states.disabled;
  return (
    <div className="foreign rounded-md border border-line bg-warn-soft px-3 py-2 text-sm">
      <p className="font-medium text-warn" title={formatMoment(changedAt)}>
        {text.detail.outSince(word, changedBy ?? text.unknown, formatAgo(changedAt))}
      </p>
      {reason !== null && <p className="mt-0.5 text-ink">{reason}</p>}
    </div>
  );
}

const queueFacts = ({ inFlight, queueDepth, startsInMs }: Pick<ModelStatus, "inFlight" | "queueDepth" | "startsInMs">): readonly Fact[] => [
  [text.detail.inFlight, formatCount(inFlight)],
  [
    text.detail.queue,
    queueDepth === null
      ? text.detail.queueUnknown
      : startsInMs === null
        ? formatCount(queueDepth)
        : `${formatCount(queueDepth)}; ${text.detail.startsIn(formatDuration(startsInMs))}`,
  ],
];

export function modelNow(model: ModelStatus): readonly Fact[] {
  const { breaker, latencyMs } = model;
  const { state, opensInMs, opened } = breaker;
  const word = state === "open" && opensInMs !== null ? text.detail.opensIn(formatDuration(opensInMs)) : text.detail.breakerStates[state];
  return [
    [text.detail.breaker, opened === 0 ? word : `${word} (${text.detail.opened(opened)})`],
    ...queueFacts(model),
    [text.detail.latency, latencyMs === null ? text.unknown : formatDuration(latencyMs)],
  ];
}

const CAPABILITIES = ["tools", "jsonSchema", "images", "manyChoices"] as const;

export function modelFacts({ upstream, provider, use, trust, region, contextTokens, capabilities, price }: ModelStatus): readonly Fact[] {
  const can = CAPABILITIES.flatMap((name) => (capabilities[name] ? [text.detail.capability[name]] : []));
  return [
    [text.columns.provider, provider],
    [
      text.detail.upstream,
      <span key="upstream" className="font-mono text-xs break-all">
        {upstream}
      </span>,
    ],
    [text.detail.use, text.uses[use]],
    [text.columns.trust, text.trusts[trust]],
    [text.detail.region, region ?? text.detail.noRegion],
    [text.columns.context, contextTokens === null ? text.unknown : text.detail.tokens(formatCount(contextTokens))],
    [text.detail.capabilities, can.length === 0 ? text.detail.nothingMore : can.join(", ")],
    [text.detail.price, price === null ? text.priceUnknown : `${priceOf({ price })} (${text.detail.priceFrom(price.source)})`],
  ];
}

export function providerNow(provider: ProviderStatus): readonly Fact[] {
  const { running, cacheUsage, probe } = provider;
  return [
    [text.detail.probe, probe === null ? text.states.notAsked : <Probe key="probe" of={probe} />],
    ...queueFacts(provider),
    ...(running === null ? [] : [[text.detail.running, formatCount(running)] as const]),
    ...(cacheUsage === null ? [] : [[text.detail.cache, formatPercent(cacheUsage, 0)] as const]),
    [text.detail.adapters, adaptersOf(provider)],
  ];
}

const Probe = ({ of: { ok, code, message, at } }: { readonly of: NonNullable<ProviderStatus["probe"]> }) => (
  <span title={formatMoment(at)}>
    {ok ? text.detail.probeOk : message} {formatAgo(at)}
    {code !== null && <span className="ml-1 font-mono text-xs text-ink-soft">{code}</span>}
  </span>
);

function adaptersOf({ adapters: { configured, running, waiting } }: ProviderStatus): string {
  if (configured !== null) return configured.length === 0 ? text.detail.noAdapters : configured.join(", ");
  if (running === null) return text.detail.adaptersUnknown;
  const told = [
    ...running.map((name) => `${name} (${text.detail.adaptersRunning})`),
    ...(waiting ?? []).filter((name) => !running.includes(name)).map((name) => `${name} (${text.detail.adaptersWaiting})`),
  ];
  return told.length === 0 ? text.detail.noAdapters : told.join(", ");
}

export const providerFacts = ({ kind, engine, host, trust, region }: ProviderStatus): readonly Fact[] => [
  [
    text.columns.host,
    <span key="host" className="font-mono text-xs break-all">
      {host}
    </span>,
  ],
  [text.detail.kind, kind],
  ...(engine === null ? [] : [[text.detail.engine, engine] as const]),
  [text.columns.trust, text.trusts[trust]],
  [text.detail.region, region ?? text.detail.noRegion],
];
