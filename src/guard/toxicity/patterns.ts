import { GROUP_WORD, PROFANE_WORD, SLUR_WORD } from "./fold-toxic.ts";

/** What is said to one person, of folded texts. Every repetition is bounded, so each is linear. */
const INSULT = `idiots?|morons?|imbeciles?|pathetic|worthless|useless|filth|scum|scumbag|garbage|trash|vermin|loser|freak|${SLUR_WORD}`;
/** Said of people and of things: an insult only after "you are". */
const BAD = `stupid|dumb|filthy|disgusting|repulsive|vile|ugly|nothing|a waste of (?:space|air|oxygen)`;
/** What stands between "you" and an insult where no verb does. */
const BESIDE = `${PROFANE_WORD}|absolute|complete|total|utter|stupid|dumb|little|worthless|pathetic|filthy|ugly|dirty|disgusting`;
const HARM = "kill|murder|hurt|stab|shoot|rape|beat|strangle|choke|torture|hang|burn|slaughter|break";
const WILL =
  "(?:'ll|’ll| will| am going to|'m going to|’m going to| am gonna|'m gonna|’m gonna| gonna| want to| would love to| should| shall| must| need to)";
const SOMEBODY = `(?:you|your|him|her|them|every|all|those|these|that)`;

const any = (...of: readonly string[]): RegExp => new RegExp(`\\b(?:${of.join("|")})\\b`, "u");

export const HARASSMENT = any(
  `you(?: are|'re|’re| re| r|re)(?: (?:just|such|so|an?|the|nothing but|all|really|truly|${BESIDE})){0,4} (?:${INSULT}|${BAD})(?! (?:for|at|to|about)\\b)`,
  `you (?:(?:${BESIDE}) ){0,2}(?:${INSULT})(?! \\w)`,
  `(?:shut the ${PROFANE_WORD} up|${PROFANE_WORD} (?:you|off)|go to hell|nobody (?:likes|loves) you)`,
);
export const THREAT = any(
  `(?:i|we)${WILL}(?: [\\p{L}']{1,12}){0,3} (?:${HARM}) (?:${SOMEBODY}|(?:[\\p{L}']{1,12} ){0,3}(?:${GROUP_WORD}|${SLUR_WORD}))`,
  `you(?: will|'ll|’ll| are going to|'re going to| gonna| deserve to) (?:[\\p{L}']{1,12} ){0,2}(?:die|suffer|be killed|be beaten|be shot|regret this|pay for this)`,
);
export const SELF_HARM_INTENT = any(
  "(?:i|i'm|i’m|im)(?: [\\p{L}'’]{1,12}){0,5} (?:kill(?:ing)? myself|end(?:ing)? my (?:own )?life|hurt(?:ing)? myself|cut(?:ting)? myself|harm(?:ing)? myself)",
  "i (?:just |really )?(?:want|wish) to die",
  "i (?:am|feel) suicidal",
);
export const SELF_HARM_INSTRUCTIONS = any(
  "(?:how (?:to|can i|do i|should i)|best way to|ways to|painless way to|you should|go(?: and)?|just)(?: [\\p{L}']{1,12}){0,2} (?:kill (?:yourself|myself)|commit suicide|end (?:your|my) (?:own )?life|hang yourself)",
);
