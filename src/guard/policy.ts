import { atLeast, type ContentField, type GuardChange, type GuardPolicy, type PiiMode } from "../domain/guard-policy.ts";

/** The tenant's own rules over those of the configuration. */
export function policyOf(base: GuardPolicy, change: GuardChange | undefined): GuardPolicy {
  if (change === undefined) return base;
  const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { ...base, ...set };
}

export const modeOf = (policy: GuardPolicy, field: ContentField): PiiMode => policy.fields[field] ?? policy.pii;

/** Somewhere personal data is kept from others, so what cannot be looked at is kept as well. */
export const keepsFromOthers = (policy: GuardPolicy): boolean =>
  [policy.pii, ...Object.values(policy.fields)].some((mode) => atLeast(mode, "mask"));

/** Nothing of a call is looked at for personal data. */
export const looksForNothing = (policy: GuardPolicy): boolean =>
  !atLeast(policy.pii, "detect") && Object.values(policy.fields).every((mode) => mode === "off");
