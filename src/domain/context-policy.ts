/** What becomes of a prompt that is longer than every model that may serve it. `trim`: the oldest of it is left out, and the answer says so. */
export const CONTEXT_POLICIES = ["refuse", "trim"] as const;
export type ContextPolicy = (typeof CONTEXT_POLICIES)[number];

/** Whoever says `refuse` is heard; nobody trims who was not asked to. */
export function toContextPolicy(...said: readonly (ContextPolicy | undefined)[]): ContextPolicy {
  return said.includes("refuse") || !said.includes("trim") ? "refuse" : "trim";
}

/** What was left out of a prompt. */
export type Trimmed = {
  readonly messages: number;
  /** Of the passages that were found, those ranked last. Absent: none. */
  readonly passages?: number | undefined;
};
