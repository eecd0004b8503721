/** What a question wants to hear, and how a text that says it looks. */
export type AnswerKind = "number" | "duration" | "money" | "percent" | "time" | "person" | "phone" | "address" | "frequency" | "place";

const ASKS: readonly (readonly [AnswerKind, RegExp])[] = [
  ["frequency", /\bhow (?:often|frequently|regularly)\b/i],
  ["phone", /\b(?:phone|telephone|call|hotline)\b/i],
  ["address", /\b(?:e-?mail|address|contact|write to)\b/i],
  ["percent", /\b(?:what|which) (?:percentage|percent|share)\b|\binterest rate\b/i],
  ["money", /\bhow much\b|\bhow (?:expensive|high)\b|\b(?:cost|costs|price|fee|fees|budget|allowance|penalty|cap|limit of liability)\b/i],
  [
    "duration",
    /\bhow (?:long|soon|fast|quickly)\b|\bhow many (?:working |calendar )?(?:seconds|minutes|hours|days|weeks|months|years)\b|\b(?:notice|deadline|period|window|retention|warranty|within what)\b/i,
  ],
  ["number", /\bhow (?:many|much|far|old|high|large|big)\b|\b(?:number|amount|minimum|maximum|at least|at most|limit)\b/i],
  ["time", /\b(?:when|what (?:date|day|time|year)|which (?:date|day|year|month)|by what time|until what)\b/i],
  ["person", /\b(?:who|whom|whose)\b/i],
  ["place", /\b(?:where|which (?:country|city|place|location|court|law))\b/i],
];

const NUMERAL = "(?:\\d[\\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty|ninety|half)";
const LOOKS: Readonly<Record<AnswerKind, RegExp>> = {
  number: new RegExp(`\\b${NUMERAL}\\b`, "i"),
  duration: new RegExp(
    `\\b${NUMERAL}\\)?[\\s-]+(?:\\(\\d+\\)\\s+)?(?:working\\s+|calendar\\s+|full\\s+)?(?:second|minute|hour|day|week|month|quarter|year)s?\\b`,
    "i",
  ),
  money: /[€$£¥]\s?\d|\b\d[\d.,]*\s?(?:euros?|eur|usd|dollars?|pounds?|gbp|chf|cents?|million|billion)\b|\b(?:eur|usd|gbp|chf)\s+\d/i,
  percent: /\d\s?(?:%|percent\b|per cent\b|percentage\b)/i,
  time: /\b\d{1,2}:\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|\b(?:19|20)\d\d\b|\b(?:first|last|next|following|same) (?:working )?(?:day|week|month|quarter|year)\b|\b\d+(?:st|nd|rd|th)\b/i,
  person:
    /\b(?:Dr|Mr|Mrs|Ms|Prof)\.|\p{Lu}\p{Ll}+(?:\s+(?:van|von|de|der|da))*\s+\p{Lu}\p{Ll}+|\b(?:lead|officer|manager|director|team|desk|owner|board|committee|engineers?)\b/u,
  phone: /\+\d[\d\s()-]{6,}|\b0\d[\d\s/()-]{5,}\d/,
  address: /\S@\S+\.\S|\bhttps?:\/\//,
  frequency:
    /\b(?:every|once|twice|each|daily|weekly|monthly|quarterly|yearly|annually|hourly|nightly)\b|\b(?:a|per) (?:day|week|month|quarter|year)\b/i,
  place:
    /\b(?:in|at|from|to|of|behind|beside|near)\s+(?:the\s+)?\p{Lu}\p{L}+|\b(?:room|floor|building|office|centre|center|warehouse|portal|car park|kitchen|reception)\b/u,
};

export function kindsAsked(question: string): readonly AnswerKind[] {
  return ASKS.filter(([, asks]) => asks.test(question)).map(([kind]) => kind);
}

/** These ask for a quantity: a sentence without one is no answer, however much it speaks of the matter. */
export const asksQuantity = (question: string): boolean =>
  /\bhow (?:many|much|long|often|soon|fast|quickly|frequently|far|old|high|large|big)\b/i.test(question);

const WITHOUT_NUMBER = /\b(?:immediately|at once|without delay|never|none|unlimited|no limit|indefinitely|any time)\b/i;
export const namesQuantity = (text: string): boolean => LOOKS.number.test(text) || LOOKS.frequency.test(text) || WITHOUT_NUMBER.test(text);

export const looksLike = (kind: AnswerKind, text: string): boolean =>
  LOOKS[kind].test(text) || (kind === "time" && LOOKS.duration.test(text));
