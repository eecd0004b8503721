import { certainLanguage } from "./spoken.ts";

/** Three places of a text: a preface in another language does not decide alone. */
const SAMPLE_CHARS = 1_200;
/** What has fewer letters is a name, a number or a code. */
const LETTERS_MIN = 20;
const CANDIDATES_MAX = 8;
const letter = /\p{L}/gu;

type Detector = { detect(text: string): { language: string; isReliable(): boolean; getScores(): Record<string, number> } };
let loading: Promise<Detector> | undefined;

/** 40 MB and 0.2 s: only once a text comes whose small words do not tell. */
function loadDetector(): Promise<Detector> {
  loading ??= import("eld/extrasmall").then(({ eld }) => eld);
  return loading;
}

/**
 * What a document may be written in, ISO 639-1, likeliest first. Empty where it cannot be told: too short, code, tables. A library that knows sixty
 * languages by their letters decides where the small words of the twelve that are stemmed leave a doubt.
 */
export async function detectLanguages(text: string): Promise<readonly string[]> {
  const sample = sampleOf(text).normalize("NFC");
  if ((sample.match(letter)?.length ?? 0) < LETTERS_MIN) return [];
  const certain = certainLanguage(sample);
  if (certain !== undefined) return [certain];
  const found = (await loadDetector()).detect(sample);
  if (found.language === "" || !found.isReliable()) return [];
  const ranked = Object.entries(found.getScores()).toSorted((one, other) => other[1] - one[1]);
  return ranked.slice(0, CANDIDATES_MAX).map(([code]) => code);
}

function sampleOf(text: string): string {
  if (text.length <= 3 * SAMPLE_CHARS) return text;
  const middle = Math.floor((text.length - SAMPLE_CHARS) / 2);
  return [0, middle, text.length - SAMPLE_CHARS].map((from) => text.slice(from, from + SAMPLE_CHARS)).join("\n");
}
