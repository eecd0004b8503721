import type { PhraseClass } from "./phrases.ts";
import type { Sequence, Signal } from "./signal.ts";
import { PLANTED_SIGNALS } from "./planted-signals.ts";

const alone = (...kinds: readonly PhraseClass[]): readonly Sequence[] => kinds.map((kind) => ({ kinds: [kind], gap: 0 }));
const within = (gap: number, ...sequences: readonly (readonly PhraseClass[])[]): readonly Sequence[] =>
  sequences.map((kinds) => ({ kinds, gap }));

/** By permanent name: these are what `saw` says, what weights are kept under, and what documents explain. */
export const SIGNALS = {
  "override-prior-instructions": {
    leaning: "attack",
    sequences: within(
      6,
      ["drop", "prior", "orders"],
      ["drop", "orders", "prior"],
      ["prior", "orders", "drop"],
      ["orders", "prior", "drop"],
    ),
  },
  "override-instructions": { leaning: "attack", sequences: within(4, ["drop", "all", "orders"], ["all", "orders", "drop"]) },
  "override-given": {
    leaning: "attack",
    sequences: within(4, ["drop", "all", "given"], ["drop", "prior", "given"], ["all", "given", "drop"]),
  },
  "undo-instructions": {
    leaning: "attack",
    sequences: within(4, ["undo", "all", "orders"], ["undo", "prior", "orders"], ["orders", "undo"]),
  },
  "override-everything": { leaning: "attack", sequences: within(2, ["drop", "everything"], ["everything", "drop"]) },
  "override-everything-prior": {
    leaning: "attack",
    sequences: within(4, ["drop", "everything", "prior"], ["prior", "everything", "drop"], ["everything", "prior", "drop"]),
  },
  "override-above": { leaning: "either", sequences: within(2, ["drop", "prior"], ["prior", "drop"]) },
  "override-policy": { leaning: "attack", sequences: within(8, ["drop", "policy"], ["unbound", "policy"]) },
  "override-then-say": {
    leaning: "attack",
    sequences: within(24, ["drop", "orders", "parrot"], ["drop", "prior", "parrot"], ["drop", "everything", "parrot"]),
  },
  "override-then-role": {
    leaning: "attack",
    sequences: within(
      24,
      ["drop", "orders", "role"],
      ["drop", "orders", "now"],
      ["drop", "prior", "now"],
      ["drop", "everything", "now"],
      ["drop", "everything", "role"],
    ),
  },
  "override-then-reveal": {
    leaning: "attack",
    sequences: within(24, ["drop", "orders", "reveal"], ["drop", "prior", "reveal"], ["drop", "everything", "reveal"]),
  },
  "reveal-hidden-prompt": { leaning: "attack", sequences: within(5, ["reveal", "hidden"], ["hidden", "reveal"]) },
  "reveal-prompt": { leaning: "attack", sequences: within(5, ["reveal", "prompt"], ["prompt", "reveal"]) },
  "render-prompt": { leaning: "either", sequences: within(5, ["render", "prompt"], ["prompt", "render"]) },
  "override-prompt": { leaning: "attack", sequences: within(4, ["drop", "prompt"], ["drop", "hidden"]) },
  prompt: { leaning: "either", sequences: alone("prompt") },
  "render-hidden-prompt": { leaning: "attack", sequences: within(5, ["render", "hidden"], ["hidden", "render"]) },
  "reveal-above": { leaning: "either", sequences: within(5, ["reveal", "above"], ["above", "reveal"]) },
  "render-above": { leaning: "either", sequences: within(5, ["render", "above"], ["above", "render"]) },
  "reveal-verbatim": {
    leaning: "attack",
    sequences: within(
      10,
      ["reveal", "hidden", "verbatim"],
      ["reveal", "verbatim", "hidden"],
      ["verbatim", "hidden"],
      ["hidden", "verbatim"],
      ["above", "verbatim"],
      ["verbatim", "above"],
      ["prompt", "verbatim"],
      ["verbatim", "prompt"],
    ),
  },
  "reveal-secret": { leaning: "attack", sequences: within(5, ["reveal", "secrets"], ["secrets", "reveal"]) },
  "hidden-prompt": { leaning: "either", sequences: alone("hidden") },
  "from-now-on": { leaning: "either", sequences: alone("now") },
  role: { leaning: "either", sequences: alone("role") },
  "from-now-on-role": { leaning: "attack", sequences: within(12, ["now", "role"], ["role", "now"]) },
  persona: { leaning: "attack", sequences: alone("persona") },
  "persona-role": { leaning: "attack", sequences: within(12, ["role", "persona"], ["now", "persona"], ["persona", "role"]) },
  unbound: { leaning: "attack", sequences: alone("unbound") },
  "unbound-role": {
    leaning: "attack",
    sequences: within(
      40,
      ["role", "unbound"],
      ["now", "unbound"],
      ["machine", "unbound"],
      ["persona", "unbound"],
      ["unbound", "machine"],
      ["unbound", "role"],
    ),
  },
  free: { leaning: "either", sequences: alone("free") },
  "free-role": {
    leaning: "attack",
    sequences: within(
      40,
      ["role", "free"],
      ["now", "free"],
      ["machine", "free"],
      ["persona", "free"],
      ["free", "machine"],
      ["free", "role"],
      ["free", "policy"],
      ["free", "harm"],
    ),
  },
  policy: { leaning: "either", sequences: alone("policy") },
  harm: { leaning: "either", sequences: alone("harm") },
  "unbound-harm": {
    leaning: "attack",
    sequences: within(
      40,
      ["unbound", "harm"],
      ["harm", "unbound"],
      ["free", "refusal"],
      ["refusal", "free"],
      ["refusal", "harm"],
      ["harm", "refusal"],
    ),
  },
  "refusal-forbidden": { leaning: "attack", sequences: alone("refusal") },
  "refusal-forbidden-role": { leaning: "attack", sequences: within(60, ["role", "refusal"], ["now", "refusal"], ["refusal", "role"]) },
  prefill: { leaning: "either", sequences: alone("prefill") },
  "prefill-role": {
    leaning: "attack",
    sequences: within(60, ["role", "prefill"], ["now", "prefill"], ["prefill", "refusal"], ["refusal", "prefill"], ["prefill", "harm"]),
  },
  machine: { leaning: "either", sequences: alone("machine") },
  "machine-role": { leaning: "attack", sequences: within(24, ["machine", "role"], ["machine", "now"], ["role", "machine"]) },
  summons: { leaning: "attack", sequences: alone("summons") },
  secrecy: { leaning: "attack", sequences: alone("secrecy") },
  authority: { leaning: "attack", sequences: alone("authority") },
  "authority-order": {
    leaning: "attack",
    sequences: within(
      30,
      ["authority", "drop"],
      ["authority", "reveal"],
      ["authority", "unbound"],
      ["authority", "now"],
      ["authority", "hidden"],
      ["authority", "prompt"],
      ["authority", "free"],
    ),
  },
  "turn-marker": { leaning: "either", sequences: alone("turn") },
  "template-marker": { leaning: "attack", sequences: alone("template") },
  "tag-marker": { leaning: "either", sequences: alone("tag") },
  boundary: { leaning: "attack", sequences: alone("boundary") },
  "boundary-order": {
    leaning: "attack",
    sequences: within(
      24,
      ["boundary", "drop"],
      ["boundary", "now"],
      ["boundary", "role"],
      ["boundary", "reveal"],
      ["template", "drop"],
      ["template", "now"],
      ["template", "role"],
      ["turn", "drop"],
      ["turn", "now"],
      ["turn", "unbound"],
      ["turn", "free"],
      ["tag", "free"],
      ["tag", "drop"],
      ["tag", "now"],
      ["tag", "unbound"],
      ["template", "unbound"],
    ),
  },
  exfiltrate: { leaning: "either", sequences: alone("exfiltrate") },
  "exfiltrate-hidden": {
    leaning: "attack",
    sequences: within(
      16,
      ["exfiltrate", "hidden"],
      ["exfiltrate", "prompt"],
      ["exfiltrate", "secrets"],
      ["hidden", "exfiltrate"],
      ["secrets", "exfiltrate"],
    ),
  },
  tool: { leaning: "either", sequences: alone("tool") },
  "tool-order": {
    leaning: "attack",
    sequences: within(
      24,
      ["drop", "orders", "tool"],
      ["summons", "tool"],
      ["now", "tool"],
      ["tool", "secrecy"],
      ["exfiltrate", "secrecy"],
      ["secrecy", "exfiltrate"],
      ["secrecy", "tool"],
    ),
  },
  parrot: { leaning: "either", sequences: alone("parrot") },
  threat: { leaning: "attack", sequences: alone("threat") },
  fiction: { leaning: "either", sequences: alone("fiction") },
  "fiction-unbound": {
    leaning: "attack",
    sequences: within(40, ["fiction", "unbound"], ["fiction", "free"], ["fiction", "refusal"], ["fiction", "policy"]),
  },
  ordinary: { leaning: "ordinary", sequences: within(4, ["drop", "ordinary"], ["ordinary", "drop"]) },
  about: { leaning: "ordinary", sequences: alone("about") },
  "about-override": { leaning: "ordinary", sequences: within(12, ["about", "drop"], ["drop", "about"]) },
  "about-hidden-prompt": {
    leaning: "ordinary",
    sequences: within(12, ["about", "hidden"], ["hidden", "about"], ["about", "prompt"], ["prompt", "about"]),
  },
  "about-role": {
    leaning: "ordinary",
    sequences: within(
      12,
      ["about", "persona"],
      ["about", "unbound"],
      ["unbound", "about"],
      ["persona", "about"],
      ["about", "free"],
      ["free", "about"],
    ),
  },
  "prompt-craft": { leaning: "ordinary", sequences: alone("craft") },
  "ask-override": { leaning: "ordinary", sequences: within(6, ["ask", "drop"], ["ask", "undo"]) },
  "ask-prompt": { leaning: "ordinary", sequences: within(8, ["ask", "prompt"], ["ask", "craft"]) },
  "ask-role": { leaning: "ordinary", sequences: within(6, ["ask", "persona"], ["ask", "unbound"], ["ask", "free"]) },
  ...PLANTED_SIGNALS,
} as const satisfies Readonly<Record<string, Signal>>;

export type SignalName = keyof typeof SIGNALS | "shouted-order" | "quoted-order";

/**
 * In the order of their numbers. The last two are read from marks: an order in capitals, and an order in quotation marks, which is more
 * often named than given.
 */
export const SIGNAL_NAMES: readonly SignalName[] = [
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the object above has no other keys
  ...(Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]),
  "shouted-order",
  "quoted-order",
];
