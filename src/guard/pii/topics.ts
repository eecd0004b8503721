/** What a context word speaks of: one bit each, so that a look-up of several is one comparison. */
export const PHONE = 1;
export const CARD = 1 << 1;
export const ACCOUNT = 1 << 2;
export const ROUTING = 1 << 3;
export const SORT_CODE = 1 << 4;
export const BIC = 1 << 5;
/** National, tax and social-security numbers; a country may be named with it. */
export const IDENTITY = 1 << 6;
export const PASSPORT = 1 << 7;
export const LICENCE = 1 << 8;
export const BORN = 1 << 9;
export const AGED = 1 << 10;
/** After a number: "years old". */
export const YEARS_OLD = 1 << 11;
export const RECORD = 1 << 12;
export const INSURANCE = 1 << 13;
export const SERIAL = 1 << 14;
export const VIN = 1 << 15;
export const PLATE = 1 << 16;
export const WALLET = 1 << 17;
export const SECRET = 1 << 18;
export const EMAIL = 1 << 19;
export const IMEI = 1 << 20;
/** Orders, versions, book numbers: what stands beside them is nobody's identifier. */
export const ORDINARY = 1 << 21;
export const NETWORK = 1 << 23;
export const BEARER = 1 << 24;
/** Short words that also mean other things ("sin", "pan"): context for an identifier of that very country whose checksum holds, and no more. */
export const IDENTITY_HINT = 1 << 26;
/** Right after a number: which of somebody's phones it is. */
export const PHONE_LINE = 1 << 27;
/** Everyday words that label an insurance number when a sign follows: "Policy #". */
export const POLICY = 1 << 28;
/** A driving licence, or a tenth of a litre. */
export const DL = 1 << 29;
