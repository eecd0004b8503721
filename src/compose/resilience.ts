import { systemAfter } from "../admit/index.ts";
import type { Stages } from "../chat/index.ts";
import type { Config } from "../config/index.ts";
import type { HealthView, TargetHealth } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import type { Clock } from "../kernel/clock.ts";
import { systemDice } from "../kernel/dice.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { createCourses, createHealthBook, type Health } from "../route/index.ts";

/** What is known of targets; outlives a configuration. */
export type Resilience = {
  /** For the path of one configuration. */
  open(config: Pick<Config, "providers" | "outbound" | "resilience">, targets: Iterable<Target>): OpenResilience;
  /** By model, as the newest configuration has them. 0: closed, 1: half-open, 2: open. */
  breakers(): Readonly<Record<string, number>>;
  breakersOpened(): Readonly<Record<string, number>>;
  repeats(): Readonly<Record<string, number>>;
};
export type OpenResilience = { readonly health: HealthView; readonly course: Stages["course"] };

type Deps = {
  readonly clock: Clock;
  /** What a provider tells of its queue, by its name. */
  readonly queueOf: (provider: string) => Pick<TargetHealth, "queueDepth" | "startsInMs"> | undefined;
};

const STATES = { closed: 0, "half-open": 1, open: 2 } as const;

export function composeResilience({ clock, queueOf }: Deps): Resilience {
  const book = createHealthBook({ clock, queueOf });
  let newest: Health | undefined;
  const byModel = (read: (known: ReturnType<Health["list"]>[number]) => number): Readonly<Record<string, number>> =>
    Object.fromEntries((newest?.list() ?? []).map((known) => [known.target.model, read(known)]));
  return {
    open({ providers, outbound, resilience }, targets) {
      const identityOf = ({ provider, upstream }: Target): string => {
        const at = providers.find(({ name }) => name === provider);
        // As a digest, since a provider's settings hold its key.
        return sha256Hex(JSON.stringify([at, outbound.ca, outbound.proxy, upstream]));
      };
      const known = [...targets].map((target) => ({ target, identity: identityOf(target) }));
      const health = book.open(known, resilience);
      newest = health;
      return { health, course: createCourses({ door: health, clock, dice: systemDice, wait }) };
    },
    breakers: () => byModel(({ health }) => STATES[health.state]),
    breakersOpened: () => byModel(({ opened }) => opened),
    repeats: () => byModel(({ repeats }) => repeats),
  };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = (): void => {
      off();
      reject(Fault.ofAbort(signal));
    };
    const off = systemAfter(ms, () => {
      signal.removeEventListener("abort", left);
      resolve();
    });
    if (signal.aborted) left();
    else signal.addEventListener("abort", left, { once: true });
  });
}
