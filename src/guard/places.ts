import type { Finding } from "../domain/finding.ts";
import type { ContentField } from "../domain/guard-policy.ts";
import { Fault } from "../kernel/fault.ts";
import type { Looked } from "./look.ts";
import { spread } from "./mask/spread.ts";
import { mergeFindings, type SecondDetector } from "./second-detector.ts";

/** Texts in the order in which they were looked at, with what was found in each. */
export type Places = {
  look(text: string, field: ContentField, name: string | undefined): void;
  /** A text in which these were found before. */
  know(text: string, field: ContentField, found: readonly Finding[]): void;
  /** What another detector found in the same texts. */
  add(more: readonly (readonly Finding[])[]): void;
  /** Adds every other place of these values, and gives how many findings there are now. Does nothing twice for the same values. */
  spread(values: Looked["values"]): number;
  readonly texts: readonly string[];
  readonly findings: readonly (readonly Finding[])[];
};

export function createPlaces(looked: Looked): Places {
  const texts: string[] = [];
  const fields: ContentField[] = [];
  const findings: (readonly Finding[])[] = [];
  let spreadTo = 0;
  const put = (text: string, field: ContentField, found: readonly Finding[]): void => {
    findings.push(found);
    texts.push(text);
    fields.push(field);
  };
  return {
    look: (text, field, name) => put(text, field, looked.look(text, field, name)),
    know(text, field, found) {
      looked.count(field, text, found);
      put(text, field, found);
    },
    add(more) {
      for (const [at, field] of fields.entries()) {
        const known = findings[at] ?? [];
        const merged = mergeFindings(known, more[at] ?? []);
        if (merged === known) continue;
        findings[at] = merged;
        const before = new Set(known);
        looked.count(
          field,
          texts[at] ?? "",
          merged.filter((finding) => !before.has(finding)),
        );
      }
    },
    spread(values) {
      if (spreadTo !== values.size) {
        spreadTo = values.size;
        for (const [at, text] of texts.entries()) findings[at] = spread(text, findings[at] ?? [], values);
      }
      return findings.reduce((sum, found) => sum + found.length, 0);
    },
    texts,
    findings,
  };
}

/** Asks every second detector, all at once. true: one failed, and its calls are to stay on own hardware. Throws `guard_failed` where such calls are refused. */
export async function lookElsewhere(second: readonly SecondDetector[], places: readonly Places[]): Promise<boolean> {
  const texts = places.flatMap((each) => each.texts);
  if (texts.length === 0) return false;
  const asked = await Promise.all(second.map((detector) => askOne(detector, texts)));
  for (const found of asked) {
    let from = 0;
    for (const each of places) {
      each.add(found?.slice(from, from + each.texts.length) ?? []);
      from += each.texts.length;
    }
  }
  return asked.includes(undefined);
}

/** undefined: it failed. */
async function askOne(
  { find, onFailure }: SecondDetector,
  texts: readonly string[],
): Promise<Awaited<ReturnType<typeof find>> | undefined> {
  try {
    const found = await find(texts);
    if (found.length !== texts.length) throw new TypeError("a detector answered for other texts than it was asked about");
    return found;
  } catch (error) {
    if (onFailure === "refuse") throw new Fault("guard_failed", {}, { cause: error });
    return undefined;
  }
}
