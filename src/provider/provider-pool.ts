import type { OutboundConfig, ProviderConfig } from "../config/index.ts";
import { createProviders, type ProviderDeps } from "./providers.ts";
import type { Provider } from "./spec.ts";

/** Providers by what they are: a new configuration that says the same of one keeps it, with its connections. */
export type ProviderPool = {
  /** Those of a configuration, by name: kept ones and new ones. */
  open(configs: readonly ProviderConfig[], outbound: OutboundConfig): ReadonlyMap<string, Provider>;
  /** Closes those that neither this configuration nor a later one has. */
  retire(old: ReadonlyMap<string, Provider>, current: ReadonlyMap<string, Provider>): void;
};

export function createProviderPool(deps: Omit<ProviderDeps, "outbound">): ProviderPool {
  const known = new Map<string, Provider>();
  const openOne = (config: ProviderConfig, { ca, proxy }: OutboundConfig): Provider => {
    const key = JSON.stringify([config, ca, proxy]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = createProviders([config], { ...deps, outbound: { ca, proxy } }).get(config.name);
    if (made === undefined) throw new TypeError(`provider ${config.name} was not made`);
    known.set(key, made);
    return made;
  };
  return {
    open: (configs, outbound) => new Map(configs.map((config) => [config.name, openOne(config, outbound)])),
    retire(old, current) {
      const kept = new Set(current.values());
      for (const [key, provider] of known) {
        if (kept.has(provider) || ![...old.values()].includes(provider)) continue;
        known.delete(key);
        provider.close();
      }
    },
  };
}
