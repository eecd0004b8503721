/** What a word is part of. The model gives the first four; their numbers are part of the weights. */
export const LABELS = 4;
export const LABEL_NONE = 0;
export const LABEL_PERSON = 1;
export const LABEL_LOCATION = 2;
export const LABEL_ORGANISATION = 3;
/** Given by the rules of addresses before the model runs; the model only sees it beside a word. */
export const LABEL_ADDRESS = 4;
