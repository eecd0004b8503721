import type { GuardPolicy } from "../domain/guard-policy.ts";
import { readAddress } from "./objects.ts";
import type { Source } from "./source.ts";

export type DetectorConfig = {
  readonly kind: "presidio";
  /** Without a trailing slash. */
  readonly url: string;
  readonly language: string;
  readonly scoreMin: number;
  readonly timeoutMs: number;
  readonly onFailure: "refuse" | "private-only";
};
export type GuardConfig = { readonly policy: GuardPolicy; readonly pseudonymDays: number; readonly detectors: readonly DetectorConfig[] };

export function readGuard(source: Source): GuardConfig {
  const { detectors, fields, pseudonymDays, ...policy } = source.value.guard;
  const modes = Object.fromEntries(Object.entries(fields).filter(([, mode]) => mode !== undefined));
  return {
    policy: { ...policy, fields: modes },
    pseudonymDays,
    detectors: detectors.map((each, at) => ({
      ...each,
      url: readAddress(each.url, source.placeOf(["guard", "detectors", at, "url"]), source),
    })),
  };
}
