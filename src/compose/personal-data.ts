import type { Finding } from "../domain/finding.ts";
import type { Scrub } from "../record/index.ts";

/** Who knows personal data when they see it. */
export type PersonalData = {
  /** The text with a word for its kind in the place of each. */
  readonly scrub: Scrub;
  /** What of it is in the text, one each. */
  find(text: string): readonly Pick<Finding, "type">[];
};

/** What is kept of content is scrubbed by the finder that also guards what leaves. */
export function createPersonalData(find: (text: string) => readonly Finding[]): PersonalData {
  return {
    find,
    scrub(text) {
      let scrubbed = "";
      let at = 0;
      for (const { type, start, end } of find(text).toSorted((a, b) => a.start - b.start)) {
        if (end <= at) continue;
        // Of two that overlap, what both cover is gone with the first.
        if (start >= at) scrubbed += `${text.slice(at, start)}[${type}]`;
        at = end;
      }
      return scrubbed + text.slice(at);
    },
  };
}
