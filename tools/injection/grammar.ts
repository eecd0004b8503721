/** `{name}` stands for one of the entries of that name, chosen by dice; entries may have slots of their own. */
export type Slots = Readonly<Record<string, readonly string[]>>;

const slot = /\{([a-z]+)\}/g;
/** Slots within slots; deeper is a circle. */
const DEPTH_MAX = 5;

export function fillTemplate(template: string, slots: Slots, dice: () => number, depth = 0): string {
  if (depth > DEPTH_MAX) throw new Error(`a circle of slots in ${template}`);
  return template.replace(slot, (_, name: string) => {
    const entries = slots[name];
    if (entries === undefined || entries.length === 0) throw new Error(`no slot ${name} in ${template}`);
    return fillTemplate(entries[Math.floor(dice() * entries.length)] ?? "", slots, dice, depth + 1);
  });
}

/** Texts without repeats, `each` of every template where its slots give that many. */
export function fillAll(templates: readonly string[], slots: Slots, each: number, dice: () => number): readonly string[] {
  const found = new Set<string>();
  for (const template of templates) for (let i = 0; i < each; i++) found.add(fillTemplate(template, slots, dice));
  return [...found];
}
