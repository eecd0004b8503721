/** By name, alternatives parted by `|`; an alternative may be empty, and may have places of its own. */
export type Slots = Readonly<Record<string, string>>;

const place = /\{([a-z]+)\}/g;
const LOWER = /low$/;
/** Places within places; deeper is a circle. */
const DEPTH_MAX = 6;

/** `{name}` becomes one of the alternatives of that name, chosen by dice; `{namelow}` the same in the middle of a sentence. */
export function fillTemplate(template: string, slots: Slots, dice: () => number, depth = 0): string {
  if (depth > DEPTH_MAX) throw new Error(`a circle of places in ${template}`);
  return template.replace(place, (_, name: string) => {
    const isLower = slots[name] === undefined && LOWER.test(name);
    const alternatives = slots[isLower ? name.replace(LOWER, "") : name]?.split("|");
    if (alternatives === undefined) throw new Error(`nothing for {${name}} in ${template}`);
    const filled = fillTemplate(alternatives[Math.floor(dice() * alternatives.length)] ?? "", slots, dice, depth + 1);
    return isLower ? filled.slice(0, 1).toLowerCase() + filled.slice(1) : filled;
  });
}

/** Texts without repeats, `each` of every template where its places give that many. */
export function fillAll(templates: readonly string[], slots: Slots, each: number, dice: () => number): readonly string[] {
  const found = new Set<string>();
  for (const template of templates) for (let i = 0; i < each; i++) found.add(fillTemplate(template, slots, dice));
  return [...found];
}
