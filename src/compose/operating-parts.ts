import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ProviderOut } from "../domain/provider-state.ts";
import type { ProcessId } from "../kernel/ids.ts";
import type { Provider } from "../provider/index.ts";
import type { Engine } from "../store/index.ts";
import { listProvidersOut } from "../store/provider-states.ts";
import type { Log } from "../telemetry/index.ts";
import type { ChangeHearers } from "./change-hearers.ts";
import { composeLive, type Live } from "./live.ts";
import { createProviderProbes, type ProviderProbes } from "./provider-probes.ts";
import { followProviders, type FollowedProviders } from "./provider-states.ts";

/** What of this process an operator sees and switches. */
export type OperatingParts = {
  readonly live: Live;
  readonly providersOut: FollowedProviders;
  /** undefined: it is on. */
  outOf(provider: string): ProviderOut["state"] | undefined;
  readonly probes: ProviderProbes;
  readonly processId: ProcessId;
  readonly startedAtMs: number;
  residentBytes(): number;
};

type Deps = { readonly db: Engine; readonly clock: Clock; readonly log: Log; residentBytes(): number };

/** How calls are served, and what operators made of providers; a switch anywhere is heard of here. */
export function composeOperatingParts(
  { db, clock, log, residentBytes }: Deps,
  { processId, hearers, config }: { readonly processId: ProcessId; readonly hearers: ChangeHearers; config(): Config },
): OperatingParts {
  const providersOut = followProviders({ read: () => listProvidersOut(db), log });
  hearers.add({
    changed({ kind }) {
      if (kind === "provider") void providersOut.refresh();
    },
    gap: () => void providersOut.refresh(),
  });
  const live = composeLive({ db, clock, log, processId, config });
  const outOf = (provider: string) => providersOut.of(provider)?.state;
  return { live, providersOut, outOf, probes: createProviderProbes(clock), processId, startedAtMs: clock.nowMs(), residentBytes };
}

/** Asks each provider once what it is, so that a wrong address or key is known before the first call. It holds up nothing. */
export function probeAll({ probes, outOf }: OperatingParts, providers: Iterable<Provider>, log: Log): void {
  for (const provider of providers) if (outOf(provider.name) !== "disabled") void probe(probes, provider, log);
}

async function probe(probes: ProviderProbes, provider: Provider, log: Log): Promise<void> {
  const { ok, code, message: why } = await probes.ask(provider);
  if (!ok) log.warn("a provider does not answer", { provider: provider.name, code, why });
}
