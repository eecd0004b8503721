/** What stands between the groups of a number, one bit each. */
export const BY_SPACE = 1;
export const BY_DASH = 2;
export const BY_DOT = 4;
export const BY_SLASH = 8;
