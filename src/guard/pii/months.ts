import { hashWord } from "./lexicon.ts";

/** January to December, in ten languages; forms that a date takes ("5 stycznia") among them. "may" and "mars" are words too, and so is "set". */
const MONTHS = [
  "january|jan|januar|jänner|janvier|janv|enero|ene|gennaio|gen|janeiro|januari|stycznia|styczeń|जनवरी",
  "february|feb|februar|février|févr|fév|febrero|febbraio|febb|fevereiro|fev|februari|lutego|luty|फरवरी|फ़रवरी",
  "march|mar|märz|mrz|mars|marzo|março|maart|mrt|marca|marzec|मार्च",
  "april|apr|avril|avr|abril|abr|aprile|kwietnia|kwiecień|अप्रैल",
  "may|mai|mayo|maggio|mag|maio|mei|maja|maj|मई",
  "june|jun|juni|juin|junio|giugno|giu|junho|czerwca|czerwiec|जून",
  "july|jul|juli|juillet|juil|julio|luglio|lug|julho|lipca|lipiec|जुलाई",
  "august|aug|août|aout|agosto|ago|augustus|sierpnia|sierpień|अगस्त",
  "september|sep|sept|septembre|septiembre|settembre|sett|setembro|set|września|wrzesień|सितंबर|सितम्बर",
  "october|oct|oktober|okt|octobre|octubre|ottobre|ott|outubro|out|października|październik|अक्टूबर|अक्तूबर",
  "november|nov|novembre|noviembre|novembro|listopada|listopad|नवंबर|नवम्बर",
  "december|dec|dezember|dez|décembre|déc|diciembre|dic|dicembre|dezembro|grudnia|grudzień|दिसंबर|दिसम्बर",
] as const;

/** Month, 1 to 12, by the hash of its name. */
export const MONTH_BY_HASH: ReadonlyMap<number, number> = new Map(
  MONTHS.flatMap((names, at) => names.split("|").map((name) => [hashWord(name), at + 1] as const)),
);
