import { hash } from "node:crypto";

/** Shorter ones cost little to look at, and names of fields would crowd out what is worth remembering. */
export const REMEMBERED_CHARACTERS_MIN = 24;
/** Entries of each of two generations: what was asked for within the last some thousand texts stays. */
export const REMEMBERED_MAX = 4096;

/**
 * A detector that looks at a text once: a conversation sends its earlier turns and its system prompt again with every call. Remembered by a digest
 * under `secret`, so no text outlives its call, and a short one cannot be guessed from what is kept; what is kept are places and types. `detect`
 * must be pure, and nobody may change what it gives.
 */
export function once<Found>(detect: (text: string) => Found, secret: string): (text: string) => Found {
  let young = new Map<string, { readonly found: Found }>();
  let old = new Map<string, { readonly found: Found }>();
  return (text) => {
    if (text.length < REMEMBERED_CHARACTERS_MIN) return detect(text);
    const key = hash("sha256", secret + text, "base64");
    let known = young.get(key);
    if (known !== undefined) return known.found;
    known = old.get(key) ?? { found: detect(text) };
    if (young.size >= REMEMBERED_MAX) {
      old = young;
      young = new Map();
    }
    young.set(key, known);
    return known.found;
  };
}

/** The same for the short texts of one call: names of fields stand in each of a hundred results. It must end with the call. */
export function onceInCall<Found>(detect: (text: string) => Found): (text: string) => Found {
  const known = new Map<string, { readonly found: Found }>();
  return (text) => {
    if (text.length >= REMEMBERED_CHARACTERS_MIN) return detect(text);
    let entry = known.get(text);
    if (entry === undefined) known.set(text, (entry = { found: detect(text) }));
    return entry.found;
  };
}
