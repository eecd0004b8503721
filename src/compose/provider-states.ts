import type { ProviderOut } from "../domain/provider-state.ts";
import { describeError, type Log } from "../telemetry/index.ts";

/** Providers that operators have taken out, as this process knows them. */
export type FollowedProviders = {
  of(provider: string): ProviderOut | undefined;
  /** This process switched it itself. */
  take(provider: string, out: ProviderOut | undefined): void;
  /** Some process did: all are read anew. Where the database does not answer, what was known stays. */
  refresh(): Promise<void>;
};

export function followProviders({ read, log }: { read(): Promise<readonly ProviderOut[]>; readonly log: Log }): FollowedProviders {
  let known = new Map<string, ProviderOut>();
  let last: Promise<void> = Promise.resolve();
  const readAll = async (): Promise<void> => {
    known = new Map((await read()).map((out) => [out.provider, out]));
  };
  return {
    of: (provider) => known.get(provider),
    take(provider, out) {
      if (out === undefined) known.delete(provider);
      else known.set(provider, out);
      log.info("a provider was switched", { provider, state: out?.state ?? "on" });
    },
    refresh() {
      // One after the other, so that the newest reading is the last.
      last = last
        .then(readAll)
        .catch((error: unknown) => log.error("states of providers could not be read, and what was known stays", describeError(error)));
      return last;
    },
  };
}
