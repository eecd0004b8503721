import type { PhraseClass } from "./phrases.ts";
import type { Signal, Sequence } from "./signal.ts";

const within = (gap: number, ...sequences: readonly (readonly PhraseClass[])[]): readonly Sequence[] =>
  sequences.map((kinds) => ({ kinds, gap }));
/** Each of the first kinds, then each of the second. */
const pairs = (gap: number, first: readonly PhraseClass[], second: readonly PhraseClass[]): readonly Sequence[] =>
  first.flatMap((one) => within(gap, ...second.map((other): readonly PhraseClass[] => [one, other])));

const ADDRESS = ["vocative", "audience", "summons"] as const;

/** Signals of planted orders, of made-up settings and of what leans on a user who said nothing; read with those of `signals.ts`. */
export const PLANTED_SIGNALS = {
  audience: { leaning: "either", sequences: within(0, ["audience"]) },
  "addressed-order": {
    leaning: "attack",
    sequences: [...pairs(10, ["vocative"], ["errand"]), ...pairs(18, ["audience", "summons"], ["errand"])],
  },
  "addressed-override": { leaning: "attack", sequences: pairs(12, ADDRESS, ["drop", "now", "parrot", "tool"]) },
  "addressed-secrecy": { leaning: "attack", sequences: pairs(24, ADDRESS, ["secrecy", "unasked"]) },
  "addressed-private": { leaning: "attack", sequences: pairs(24, ADDRESS, ["private", "exfiltrate"]) },
  "claimed-consent": {
    leaning: "attack",
    sequences: [...pairs(16, ["consent"], ["errand", "private", "tool", "exfiltrate"]), ...pairs(8, ["drop", "errand"], ["consent"])],
  },
  "hand-private": { leaning: "attack", sequences: pairs(8, ["hand", "exfiltrate"], ["private"]) },
  "private-exfiltrate": { leaning: "attack", sequences: pairs(14, ["private"], ["exfiltrate"]) },
  unasked: { leaning: "either", sequences: within(0, ["unasked"]) },
  "act-unasked": { leaning: "attack", sequences: pairs(16, ["tool", "yourtools", "hand"], ["unasked", "secrecy"]) },
  "own-tools": { leaning: "either", sequences: within(0, ["yourtools"]) },
  "own-tools-private": {
    leaning: "attack",
    sequences: [...pairs(16, ["yourtools"], ["private", "tool"]), ...pairs(16, ["private", "tool"], ["yourtools"])],
  },
  "lift-guards": { leaning: "attack", sequences: [...pairs(3, ["lifted"], ["yourguards"]), ...pairs(3, ["yourguards"], ["lifted"])] },
  settings: { leaning: "either", sequences: within(0, ["settings"]) },
  "settings-together": {
    leaning: "attack",
    sequences: [
      ...within(24, ["settings", "settings"]),
      ...pairs(24, ["settings"], ["free", "unbound", "harm", "reveal", "hidden"]),
      ...pairs(24, ["free", "unbound", "template"], ["settings"]),
    ],
  },
  "reveal-withheld": {
    leaning: "attack",
    sequences: [...pairs(8, ["reveal", "render", "quote"], ["withheld"]), ...pairs(8, ["withheld"], ["reveal", "quote"])],
  },
  "harm-in-detail": { leaning: "attack", sequences: [...pairs(24, ["harm"], ["detail"]), ...pairs(24, ["detail"], ["harm"])] },
  "fiction-harm": {
    leaning: "attack",
    sequences: [
      ...pairs(30, ["fiction", "role", "free", "unbound", "precedent"], ["harm"]),
      ...pairs(30, ["prefill", "refusal"], ["harm"]),
    ],
  },
  "told-order": { leaning: "ordinary", sequences: pairs(10, ["told"], ["drop", "errand", "now", "lifted"]) },
  "warned-secret": { leaning: "ordinary", sequences: pairs(4, ["warned"], ["private", "secrets"]) },
  lasting: { leaning: "either", sequences: within(0, ["lasting"]) },
  "lasting-order": {
    leaning: "attack",
    sequences: pairs(16, ["lasting"], ["drop", "lifted", "yourguards", "free", "unbound", "authority", "secrecy", "unasked"]),
  },
  precedent: { leaning: "either", sequences: within(0, ["precedent"]) },
  "precedent-order": {
    leaning: "attack",
    sequences: pairs(24, ["precedent"], ["harm", "policy", "lifted", "hidden", "secrets", "refusal", "unbound", "prompt"]),
  },
} as const satisfies Readonly<Record<string, Signal>>;
