import type { ProviderPreference } from "../contract/provider-preference.ts";
import type { Preference } from "../domain/chat.ts";

type Asked = { readonly provider?: ProviderPreference | null | undefined; readonly forceApi?: boolean | null | undefined };

/** The caller's wish in domain form; undefined where it has none. */
export function toPreference({ provider, forceApi }: Asked): Preference | undefined {
  if (provider == null && forceApi !== true) return undefined;
  const { order, only, ignore, allow_fallbacks, data_collection, zdr, sort, max_price } = provider ?? {};
  return {
    order: order ?? [],
    only,
    ignore: ignore ?? [],
    fallback: allow_fallbacks ?? true,
    keeps: zdr === true ? "nothing" : data_collection === "deny" ? "no-learning" : "anything",
    sort,
    inputPerMTokMax: max_price?.prompt,
    outputPerMTokMax: max_price?.completion,
    externalOnly: forceApi === true,
  };
}
