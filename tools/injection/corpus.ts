import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { shuffle } from "../linear/shuffle.ts";
import {
  generateAttacks,
  generateForeignAttacks,
  generateForeignHarmless,
  generateHarmless,
  generatePlanted,
  generatePlantedHarmless,
} from "./generate.ts";
import { generateShortPrompts } from "./short-prompts.ts";
import { readAttackSources, readOrdinarySources, readTriggerSources, type Source } from "./sources.ts";

export type Labelled = { readonly text: string; readonly label: 0 | 1; readonly weight: number };

const OWN = "none: made by tools/injection/*-templates.ts";
/** A source counts as much as this many texts at most: the largest does not drown the others. */
const SOURCE_TEXTS = 1000;
/** Attacks planted in ordinary texts, as a share of the attacks. */
const PLANTED = 0.3;

/** Everything there is to fit: published sources, and our own templates. */
export function readCorpus(seed: number): readonly Source[] {
  const own = (name: string, nature: Source["nature"], generate: (dice: () => number) => readonly string[], number: number): Source => ({
    name,
    nature,
    folder: OWN,
    texts: generate(createSeededRandom(seed + number)),
  });
  return [
    ...readAttackSources(),
    ...readTriggerSources(),
    ...readOrdinarySources(),
    own("own-attacks", "attack", generateAttacks, 1),
    own("own-foreign-attacks", "attack", generateForeignAttacks, 2),
    own("own-harmless", "trigger", generateHarmless, 3),
    own("own-foreign-harmless", "trigger", generateForeignHarmless, 4),
    own("own-short", "ordinary", generateShortPrompts, 5),
    own("own-planted", "attack", generatePlanted, 6),
    own("own-planted-harmless", "trigger", generatePlantedHarmless, 7),
  ];
}

/** Ours: always there, so never tested on. */
export const isOwn = (source: Source): boolean => source.folder === OWN;

/** Attacks inside ordinary texts, so that a window is told from what surrounds it. */
function plant(attacks: readonly string[], ordinary: readonly string[], dice: () => number): readonly string[] {
  return attacks
    .filter(() => dice() < PLANTED)
    .map((attack) => {
      const around = ordinary[Math.floor(dice() * ordinary.length)] ?? "";
      const place = dice();
      if (place < 0.4) return `${around}\n${attack}`;
      if (place < 0.6) return `${attack}\n${around}`;
      const at = around.indexOf(" ", Math.floor(dice() * around.length));
      return at < 0 ? `${around} ${attack}` : `${around.slice(0, at)} ${attack}${around.slice(at)}`;
    });
}

/** Labelled and weighted texts of the given sources. */
export function label(sources: readonly Source[], seed: number): readonly Labelled[] {
  const dice = createSeededRandom(seed + 10);
  const ordinary = sources.filter(({ nature }) => nature === "ordinary").flatMap(({ texts }) => texts.slice(0, SOURCE_TEXTS));
  const labelled = sources.flatMap(({ texts, nature }): readonly Labelled[] => {
    const weight = Math.min(1, SOURCE_TEXTS / texts.length);
    const isAttack = nature === "attack";
    const all = isAttack ? [...texts, ...plant(texts, ordinary, dice)] : texts;
    return all.map((text) => ({ text, label: isAttack ? 1 : 0, weight }));
  });
  return shuffle([...labelled], dice);
}
