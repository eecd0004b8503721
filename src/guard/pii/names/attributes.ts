/** What the lexicon knows of a word, packed into one integer. */

/** How ordinary: 0 unknown, 1 rare to 7 among the commonest of English. */
export const ORDINARY_MASK = 7;
/** How much of a given name, family name, place: 0 no, 1 rare, 2 known, 3 common. */
export const GIVEN_SHIFT = 3;
export const FAMILY_SHIFT = 5;
export const PLACE_SHIFT = 7;
/** The first word of an entry of several words. */
export const PHRASE_START = 1 << 9;
/** 0 no, 1 a word of organisations' names (`gmbh`, `bank`), 2 a known organisation. */
export const ORGANISATION_SHIFT = 10;
export const ROLE_SHIFT = 12;
export const ROLE_MASK = 63;
/** A word of a label ("IBAN", "cédula", "rodné číslo", "पासपोर्ट"): it says what follows, and names nobody. */
export const LABEL_WORD = 1 << 20;
/** Set by the reader of a text, not by the lexicon: the word is part of a place, or organisation, of several words. */
export const IN_PLACE = 1 << 18;
export const IN_ORGANISATION = 1 << 19;

export const ordinaryOf = (attributes: number): number => attributes & ORDINARY_MASK;
export const givenOf = (attributes: number): number => (attributes >> GIVEN_SHIFT) & 3;
export const familyOf = (attributes: number): number => (attributes >> FAMILY_SHIFT) & 3;
export const placeOf = (attributes: number): number => (attributes >> PLACE_SHIFT) & 3;
export const organisationOf = (attributes: number): number => (attributes >> ORGANISATION_SHIFT) & 3;
export const roleOf = (attributes: number): number => (attributes >> ROLE_SHIFT) & ROLE_MASK;
