import { tenantsText } from "#text/tenants.ts";
import { StateDot, type Tone } from "../../ui/badge.tsx";
import type { Key } from "./types.ts";

const TONES: Readonly<Record<Key["state"], Tone>> = {
  active: "good",
  expiring: "warn",
  suspended: "bad",
  expired: "neutral",
  revoked: "neutral",
};
export const KeyState = ({ state }: { readonly state: Key["state"] }) => (
  <StateDot tone={TONES[state]}>{tenantsText.keys.states[state]}</StateDot>
);
