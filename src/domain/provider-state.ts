/** What an operator made of a provider. `draining`: no new call goes there. `disabled`: nothing at all does, neither probe nor test. */
export const PROVIDER_STATES = ["on", "draining", "disabled"] as const;
export type ProviderState = (typeof PROVIDER_STATES)[number];

/** A provider that is not `on`, and since when, by whom and why. */
export type ProviderOut = {
  readonly provider: string;
  readonly state: Exclude<ProviderState, "on">;
  /** As the operator wrote it; may be empty. */
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
};
