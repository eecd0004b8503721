import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { Asked } from "./endpoint.ts";

const FEATURE_CHARS_MAX = 100;

/** What of the caller's product the call is for: the header `x-weir-feature`. */
export function featureOf(asked: Asked<TenantPrincipal>): string | undefined {
  const feature = asked.request.headers.get("x-weir-feature") ?? undefined;
  if (feature !== undefined && feature.length > FEATURE_CHARS_MAX)
    throw new Fault("body_invalid", { param: "x-weir-feature", say: `x-weir-feature: at most ${FEATURE_CHARS_MAX} characters.` });
  return feature;
}
