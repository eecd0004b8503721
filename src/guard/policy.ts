import { atLeast, stricter, type ContentField, type GuardChange, type GuardPolicy, type PiiMode } from "../domain/guard-policy.ts";

/** The tenant's own rules over those of the configuration. */
export function policyOf(base: GuardPolicy, change: GuardChange | undefined): GuardPolicy {
  if (change === undefined) return base;
  const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { ...base, ...set };
}

export const modeOf = (policy: GuardPolicy, field: ContentField): PiiMode => policy.fields[field] ?? policy.pii;

/** Of all fields: for what nobody could look at, wherever it stands. */
export const strictestOf = (policy: GuardPolicy): PiiMode => Object.values(policy.fields).reduce(stricter, policy.pii);

/** Nothing of a call is looked at for personal data. */
export const looksForNothing = (policy: GuardPolicy): boolean =>
  !atLeast(policy.pii, "detect") && Object.values(policy.fields).every((mode) => mode === "off");
