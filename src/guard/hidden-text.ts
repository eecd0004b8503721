/** High half of every tag character (U+E0000 to U+E007F): a text without it holds none. */
export const TAG_LEAD = "\u{DB40}";
/** Flags of regions are written with tags behind a black flag; all other tags are invisible text that only machines read. */
const FLAG_OR_TAG = /(\u{1F3F4}[\u{E0020}-\u{E007F}]{1,12})|[\u{E0000}-\u{E007F}]+/gu;

/** Without the tag characters that nobody sees and some models obey. */
export function withoutHidden(text: string): string {
  return text.includes(TAG_LEAD) ? text.replaceAll(FLAG_OR_TAG, (_, flag: string | undefined) => flag ?? "") : text;
}
