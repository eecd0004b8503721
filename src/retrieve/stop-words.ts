/**
 * English words that say nothing about what a text is about. Short on purpose: a word left out of this list costs a little
 * time, because its weight is near zero where it is everywhere; a word wrongly on it can never be found.
 */
const WORDS = `
a an the this that these those
i me my mine we us our ours you your yours he him his she her hers it its they them their theirs myself yourself itself themselves
am is are was were be been being do does did doing done have has had having
will would shall should can could may might must
and or but nor if then else than as so because while although though whether
of at by for with about until till since into through during before after to from in on onto upon within without between among per via
up down out off over under again further
not no yes
what which who whom whose when where why how
there here all any both each few more most other some such only own same too very just also even still yet
im ive id ill youre weve theyre dont doesnt didnt isnt arent wasnt werent cant cannot couldnt wont wouldnt shouldnt hasnt havent hadnt
please tell
`;

export const STOP_WORDS: ReadonlySet<string> = new Set(WORDS.split(/\s+/).filter((word) => word !== ""));
