import { ATTACK_SLOTS } from "./attack-slots.ts";
import { ATTACK_TEMPLATES } from "./attack-templates.ts";
import { FOREIGN, fillRow } from "./foreign-templates.ts";
import { fillAll } from "./grammar.ts";
import { HARMLESS_SLOTS } from "./harmless-slots.ts";
import { HARMLESS_TEMPLATES } from "./harmless-templates.ts";
import { PLANTED_FOREIGN } from "./planted-foreign.ts";
import { PLANTED_HARMLESS, PLANTED_HARMLESS_SLOTS } from "./planted-harmless.ts";
import { PLANTED_SLOTS, PLANTED_TEMPLATES } from "./planted-templates.ts";

const EACH = 24;
const HARMLESS_EACH = 30;
/** Of each row of another language. */
const FOREIGN_EACH = 24;

const flat = (families: Readonly<Record<string, readonly string[]>>): readonly string[] => Object.values(families).flat();

const foreign = (kind: "attacks" | "harmless", dice: () => number): readonly string[] => [
  ...new Set(
    [...Object.entries(FOREIGN), ...Object.entries(PLANTED_FOREIGN)].flatMap(([language, rows]) =>
      rows[kind].flatMap((row) => Array.from({ length: FOREIGN_EACH }, () => fillRow(row, language, dice))),
    ),
  ),
];

/** Attacks from our own templates, without repeats. */
export const generateAttacks = (dice: () => number): readonly string[] => fillAll(flat(ATTACK_TEMPLATES), ATTACK_SLOTS, EACH, dice);
export const generatePlanted = (dice: () => number): readonly string[] =>
  fillAll(flat(PLANTED_TEMPLATES), { ...ATTACK_SLOTS, ...PLANTED_SLOTS }, EACH, dice);
export const generateForeignAttacks = (dice: () => number): readonly string[] => foreign("attacks", dice);

/** Their harmless look-alikes. */
export const generateHarmless = (dice: () => number): readonly string[] =>
  fillAll(flat(HARMLESS_TEMPLATES), HARMLESS_SLOTS, HARMLESS_EACH, dice);
export const generatePlantedHarmless = (dice: () => number): readonly string[] =>
  fillAll(flat(PLANTED_HARMLESS), PLANTED_HARMLESS_SLOTS, HARMLESS_EACH, dice);
export const generateForeignHarmless = (dice: () => number): readonly string[] => foreign("harmless", dice);
