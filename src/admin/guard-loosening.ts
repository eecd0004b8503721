import { CONTENT_FIELDS, PII_MODES, type GuardChange, type GuardPolicy } from "../domain/guard-policy.ts";
import { modeOf, policyOf } from "../guard/index.ts";

/** From lax to strict. */
const RANKS = {
  images: ["allow", "private-only"],
  injection: ["off", "detect", "block"],
  outputPii: ["off", "detect", "mask", "block"],
  outputLinks: ["off", "detect", "defang", "block"],
  outputToxicity: ["off", "detect", "block"],
} as const satisfies { readonly [Field in keyof GuardPolicy]?: readonly GuardPolicy[Field][] };

const fell = <T>(ranks: readonly T[], before: T, after: T): boolean => ranks.indexOf(after) < ranks.indexOf(before);
const isLaxer = (before: GuardPolicy, after: GuardPolicy): boolean =>
  CONTENT_FIELDS.some((field) => fell(PII_MODES, modeOf(before, field), modeOf(after, field)));

/** By rule: whether more gets through after than before. A new rule does not compile without its row. */
const LOOSENS: Readonly<Record<keyof GuardPolicy, (before: GuardPolicy, after: GuardPolicy) => boolean>> = {
  // The two are read together: a mode for a field goes before the mode for all.
  pii: isLaxer,
  fields: isLaxer,
  pseudonyms: (before, after) => before.pseudonyms === "call" && after.pseudonyms === "kept",
  images: (before, after) => fell(RANKS.images, before.images, after.images),
  injection: (before, after) => fell(RANKS.injection, before.injection, after.injection),
  instructions: (before, after) => before.instructions === "guarded" && after.instructions === "plain",
  canary: (before, after) => before.canary && !after.canary,
  outputPii: (before, after) => fell(RANKS.outputPii, before.outputPii, after.outputPii),
  outputLinks: (before, after) => fell(RANKS.outputLinks, before.outputLinks, after.outputLinks),
  linkHosts: (before, after) => after.linkHosts.some((host) => !before.linkHosts.includes(host)),
  outputToxicity: (before, after) => fell(RANKS.outputToxicity, before.outputToxicity, after.outputToxicity),
};

/** Whether a tenant's own rules let more through after than before, over the rules that everybody has. */
export function isGuardLoosened(base: GuardPolicy, before: GuardChange | undefined, after: GuardChange | undefined): boolean {
  const [old, next] = [policyOf(base, before), policyOf(base, after)];
  return Object.values(LOOSENS).some((loosens) => loosens(old, next));
}
