import { Fault } from "../kernel/fault.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Provider } from "../provider/index.ts";

export type Probed = {
  readonly ok: boolean;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly atMs: number;
};

/** Whether providers answer when they are asked what they are; which costs no tokens. */
export type ProviderProbes = {
  /** undefined: it was not asked yet. */
  of(provider: string): Probed | undefined;
  /** Asks, in the background, each that was not asked of late. */
  refresh(providers: Iterable<Provider>): void;
  /** Asks now. Throws nothing. */
  ask(provider: Provider): Promise<Probed>;
};

/** A provider that takes longer to list its models is slow, not away. */
const PROBE_MS = 10_000;
/** Somebody who looks sees an end of an outage soon, and many who look ask no more than one. */
const FRESH_MS = 15_000;

export function createProviderProbes(clock: Clock): ProviderProbes {
  const known = new WeakMap<Provider, Probed>();
  const byName = new Map<string, Provider>();
  const asking = new WeakMap<Provider, Promise<Probed>>();
  const probe = async (provider: Provider): Promise<Probed> => {
    byName.set(provider.name, provider);
    let fault: Fault | undefined;
    try {
      await provider.probe(AbortSignal.timeout(PROBE_MS));
    } catch (error) {
      fault = Fault.from(error);
    }
    const probed = { ok: fault === undefined, code: fault?.code, message: fault?.message, atMs: clock.nowMs() };
    known.set(provider, probed);
    return probed;
  };
  const ask = (provider: Provider): Promise<Probed> => {
    const under = asking.get(provider) ?? probe(provider).finally(() => asking.delete(provider));
    asking.set(provider, under);
    return under;
  };
  return {
    of(name) {
      const provider = byName.get(name);
      return provider === undefined ? undefined : known.get(provider);
    },
    refresh(providers) {
      for (const provider of providers) {
        const last = known.get(provider);
        if (last === undefined || clock.nowMs() - last.atMs > FRESH_MS) void ask(provider);
      }
    },
    ask,
  };
}
