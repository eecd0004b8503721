import type { ApprovedRoutes, Config, KnownModel } from "../config/index.ts";
import type { EffectiveRoutes } from "../contract/routes.ts";
import { isChat, type Target } from "../domain/target.ts";
import { toIso } from "../kernel/clock.ts";
import type { PolicyRecord } from "../store/policies.ts";

/** What rules may name, as warnings and lists of models have it. */
export const toKnownModels = (targets: Iterable<Target>): KnownModel[] =>
  [...targets]
    .filter(({ kind }) => kind !== "extractive")
    .map(({ model, provider, trust, region, price, capabilities }) => ({
      name: model,
      provider,
      trust,
      region,
      priced: price !== undefined,
      chats: isChat(capabilities),
    }));

type Deps = {
  /** Without approved rules. */
  readonly file: Config["routes"];
  /** Rules in force: approved ones first. */
  readonly all: Config["routes"];
  readonly approved: ApprovedRoutes;
  readonly policy: PolicyRecord | undefined;
  readonly models: readonly KnownModel[];
};

/** The rules that count now, each with where it comes from. */
export function toEffectiveRoutes({ file, all, approved, policy, models }: Deps): EffectiveRoutes {
  const known = new Set([...models.map(({ name }) => name), "extractive"]);
  return {
    policy:
      policy === undefined
        ? null
        : { id: policy.id, version: policy.version, approvedAt: policy.approvedAtMs === undefined ? null : toIso(policy.approvedAtMs) },
    routes: Object.entries(all).map(([name, rules]) => {
      const own = rules.length - (file[name]?.length ?? 0);
      const first = rules.findIndex(({ when }) => when === undefined);
      return {
        name,
        rules: rules.map(({ when, trust, use, ...rest }, at) => ({
          rule: at + 1,
          from: at < own ? ("approved" as const) : ("file" as const),
          ...(when === undefined ? {} : { when }),
          ...(trust === undefined ? {} : { trust }),
          use: [...use],
          gone: at < own ? (approved[name]?.[at]?.use ?? []).filter((model) => !known.has(model)) : [],
          reached: first < 0 || at <= first,
          ...rest,
        })),
      };
    }),
    models: models.map(({ region, ...model }) => ({ ...model, region: region ?? null })),
  };
}
