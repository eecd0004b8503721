import { principalIdOf, type Principal } from "../domain/principal.ts";
import type { ProviderOut, ProviderState } from "../domain/provider-state.ts";
import { Fault } from "../kernel/fault.ts";
import { OPERATOR } from "../store/database.ts";
import { PLATFORM_CHAIN } from "../store/decisions.ts";
import { lockProviderOut, putProviderOut, removeProviderOut } from "../store/provider-states.ts";
import { changeBy, diff, type Decisions } from "./changed.ts";

export type ProviderSwitch = {
  /** Takes a provider out, or back in, for every process. Entered into the audit log, also where it was so already. Throws `not_found`. */
  set(who: Principal, provider: string, state: ProviderState, reason: string): Promise<void>;
};

type Deps = {
  nowMs(): number;
  readonly decisions: Decisions;
  /** Of the configuration that counts now. */
  isProvider(name: string): boolean;
  /** Told of what is so from now on; undefined: it is on. */
  switched(provider: string, out: ProviderOut | undefined): void;
};

export function createProviderSwitch({ nowMs, decisions, isProvider, switched }: Deps): ProviderSwitch {
  return {
    async set(who, provider, state, reason) {
      if (!isProvider(provider)) throw new Fault("not_found", { say: "There is no provider of this name in the configuration." });
      const next: ProviderOut | undefined = state === "on" ? undefined : { provider, state, reason, by: principalIdOf(who), atMs: nowMs() };
      await decisions.change(OPERATOR, async (bound) => {
        const before = await lockProviderOut(bound, provider);
        if (next === undefined) await removeProviderOut(bound, provider);
        else await putProviderOut(bound, next);
        const changed = diff(shownOf(before), { state, reason: reasonOf(reason) }, decisions.digestText);
        return {
          made: undefined,
          tenantId: PLATFORM_CHAIN,
          decision: changeBy(who, `provider.${ACTIONS[state]}`, { resource: provider, changed }),
        };
      });
      switched(provider, next);
    },
  };
  /** What people wrote is in the log as a digest. */
  function reasonOf(reason: string): string | undefined {
    return reason === "" ? undefined : decisions.digestText(reason);
  }
  function shownOf(out: ProviderOut | undefined) {
    return { state: out?.state ?? "on", reason: reasonOf(out?.reason ?? "") };
  }
}

const ACTIONS = { on: "enable", draining: "drain", disabled: "disable" } as const satisfies Record<ProviderState, string>;
