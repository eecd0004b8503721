import { systemAfter } from "../admit/index.ts";
import type { Stages } from "../chat/index.ts";
import type { Config } from "../config/index.ts";
import { SERVICE_LEVELS, type ServiceLevel } from "../domain/service-level.ts";
import type { HealthView, TargetHealth } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import type { Clock } from "../kernel/clock.ts";
import { systemDice } from "../kernel/dice.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { createCourses, createHealthBook, createServedPlan, createServiceLevels, type Health, type Router } from "../route/index.ts";
import type { Log } from "../telemetry/index.ts";

/** What is known of targets; outlives a configuration. */
export type Resilience = {
  /** For the path of one configuration. */
  open(config: Pick<Config, "providers" | "outbound" | "resilience" | "routes">, targets: Iterable<Target>): OpenResilience;
  /** By model, as the newest configuration has them. 0: closed, 1: half-open, 2: open. */
  breakers(): Readonly<Record<string, number>>;
  breakersOpened(): Readonly<Record<string, number>>;
  repeats(): Readonly<Record<string, number>>;
  /** 0: full, 1: reduced, 2: emergency. */
  serviceLevel(): number;
  /** Every target of the newest configuration, and how it is doing. */
  targets(): ReturnType<Health["list"]>;
};
export type OpenResilience = {
  readonly health: HealthView;
  readonly course: Stages["course"];
  /** The same router, planning as the level of service allows. */
  serve(router: Pick<Router, "plan">): Pick<Router, "plan">;
};

type Deps = {
  readonly clock: Clock;
  readonly log: Log;
  /** Calls under way, as a share of the most that are taken at once. */
  load(): number;
  /** What a provider tells of its queue, by its name. */
  readonly queueOf: (provider: string) => Pick<TargetHealth, "queueDepth" | "startsInMs"> | undefined;
  /** What an operator made of a provider, by its name. */
  readonly outOf: (provider: string) => TargetHealth["out"];
};

const NEVER = {
  errorShare: 1,
  emergencyErrorShare: 2,
  attemptsMin: 1,
  load: Number.POSITIVE_INFINITY,
  loadForMs: 0,
  calmErrorShare: 1,
  calmLoad: Number.POSITIVE_INFINITY,
  calmMs: 0,
};
const STATES = { closed: 0, "half-open": 1, open: 2 } as const;

export function composeResilience({ clock, log, load, queueOf, outOf }: Deps): Resilience {
  let service: Config["resilience"]["service"];
  const levels = createServiceLevels({
    nowMs: clock.monotonicMs,
    load,
    options: () => service ?? NEVER,
    changed(from, to) {
      // An operator is woken by what grows worse; that it is well again can wait.
      if (SERVICE_LEVELS.indexOf(to) > SERVICE_LEVELS.indexOf(from)) log.warn("the service is less than full", { from, to });
      else log.info("the service is better again", { from, to });
    },
  });
  const level = (): ServiceLevel => (service === undefined ? "full" : levels.level());
  const book = createHealthBook({ clock, queueOf, outOf, told: levels.note });
  let newest: Health | undefined;
  const byModel = (read: (known: ReturnType<Health["list"]>[number]) => number): Readonly<Record<string, number>> =>
    Object.fromEntries((newest?.list() ?? []).map((known) => [known.target.model, read(known)]));
  return {
    open({ providers, outbound, resilience, routes }, targets) {
      service = resilience.service;
      const identityOf = ({ provider, upstream }: Target): string => {
        const at = providers.find(({ name }) => name === provider);
        // As a digest, since a provider's settings hold its key.
        return sha256Hex(JSON.stringify([at, outbound.ca, outbound.proxy, upstream]));
      };
      const known = [...targets].map((target) => ({ target, identity: identityOf(target) }));
      const health = book.open(known, resilience);
      newest = health;
      const served = { level, reduced: resilience.service?.reduced ?? [], isRoute: (name: string) => Object.hasOwn(routes, name) };
      return {
        health,
        course: createCourses({ door: health, clock, dice: systemDice, wait }),
        serve: (router) => createServedPlan(served, router),
      };
    },
    breakers: () => byModel(({ health }) => STATES[health.state]),
    breakersOpened: () => byModel(({ opened }) => opened),
    repeats: () => byModel(({ repeats }) => repeats),
    serviceLevel: () => SERVICE_LEVELS.indexOf(level()),
    targets: () => newest?.list() ?? [],
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
