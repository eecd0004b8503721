/** Turns of phrase in which a negation denies nothing. */
const harmless =
  /\b(?:no|not) (?:later|more|less|fewer|longer|higher|lower|earlier|sooner) than\b|\bnot (?:only|just|exceed\w*)\b|\bwithout (?:undue )?delay\b|\bunverzüglich\b|\bwhether or not\b|\bno\. ?\d|\bnicht (?:nur|später|mehr|länger) als\b|\bnicht nur\b|\bnon seulement\b|\bno (?:solo|sólo|más de)\b|\bnot to exceed\b|\bnon oltre\b|\bnão (?:só|mais de)\b|\bniet (?:alleen|meer dan|later dan)\b/giu;

const NOT = `not no never nobody none nothing neither nor cannot nowhere
nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder
pas jamais aucun aucune rien personne ni
nunca jamás ningún ninguna ninguno nada nadie tampoco
mai nessun nessuno nessuna niente nulla né non
não nunca nenhum nenhuma nada ninguém nem
niet geen nooit niemand niets
inte ingen inget inga aldrig ej
ikke ingen intet aldrig aldri
ei en emme eivät eikä koskaan
не нет никогда никто ничего ни`;
/** They deny by themselves, and with a negation they deny nothing: `not forbidden`. `without` denies only what it stands before. */
const REFUSING = `unable impossible forbidden prohibited banned excluded excludes excluding refused refuses denied denies ineligible lacks lack fail fails failed disallowed
blocked rejected prevented prevents prevent
verboten untersagt ausgeschlossen unmöglich unzulässig interdit interdite interdits exclu exclue prohibido prohibida excluido vietato vietata escluso proibido proibida excluído
verboden uitgesloten förbjudet förbjuden forbudt kielletty запрещено запрещён запрещена нельзя`;
const setOf = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/));
const NOTS = setOf(NOT);
const WITHOUT = setOf("without ohne sans sin senza sem zonder utan uden uten ilman без");
const REFUSALS = setOf(REFUSING);
const word = /[\p{L}\p{M}]+(?:['’][\p{L}]+)?/gu;

/**
 * Whether of two clauses about the same thing one denies what the other says: by a negation, by a word that stands against another, or by a prefix.
 * Two of these together deny nothing: `not mandatory` is `optional`.
 */
export function contradicts(one: Clause, other: Clause): boolean {
  const [mine, theirs] = [standing(one.text), standing(other.text)];
  // `without a label` and `has no label` say the same, `without delay` denies nothing.
  const isFlipped = mine !== theirs && mine !== "without" && theirs !== "without";
  const flips = [isFlipped, areOpposite(one.text, other.text), isPrefixed(one.terms, other.terms)];
  return flips.filter(Boolean).length % 2 === 1;
}

export type Clause = { readonly text: string; readonly terms: ReadonlySet<string> };

/** Whether a clause says that something is not so. A negation that is said twice is one: `must not go and must not be shown`. */
function standing(clause: string): "said" | "denied" | "without" {
  const words = Array.from(clause.replace(harmless, " ").matchAll(word), ([raw]) => raw.toLowerCase().replace("’", "'"));
  const isNegated = words.some((one) => NOTS.has(one) || one.endsWith("n't"));
  if (isNegated !== words.some((one) => REFUSALS.has(one))) return "denied";
  return words.some((one) => WITHOUT.has(one)) ? "without" : "said";
}

type Sides = readonly [RegExp, RegExp];
/** What cannot both be said of the same thing. */
const OPPOSITES: readonly Sides[] = [
  [
    /\bat least\b|\bminimum\b|\bno (?:less|fewer) than\b|\bnot less than\b|\bor more\b|\bmindestens\b|\bau moins\b|\bal menos\b|\balmeno\b|\bpelo menos\b|\bminstens\b|\bminst\b|\bне менее\b/iu,
    /\bat most\b|\bmaximum\b|\bup to\b|\bno (?:more|later|longer) than\b|\bnot (?:exceed|more than)|\bhöchstens\b|\bbis zu\b|\bau plus\b|\bcomo máximo\b|\bhasta\b|\bal massimo\b|\bfino a\b|\bno máximo\b|\baté\b|\bhoogstens\b|\bmaximaal\b|\bhögst\b|\bне более\b/iu,
  ],
  [
    /\bbefore\b|\bprior to\b|\bvor\b|\bavant\b|\bantes\b|\bprima\b/iu,
    /\bafter\b|\bfollowing\b|\bnach\b|\baprès\b|\bdespués\b|\bdopo\b|\bdepois\b/iu,
  ],
  [
    /\bmore than\b|\babove\b|\bover\b|\bexceed\w*|\bgreater than\b|\blonger than\b|\bmehr als\b|\büber\b/iu,
    /\bless than\b|\bbelow\b|\bunder\b|\bfewer than\b|\bshorter than\b|\bweniger als\b|\bunter\b/iu,
  ],
  [/\bincreas\w+|\brais\w+|\brises?\b/iu, /\bdecreas\w+|\breduc\w+|\blower\w*|\bfalls?\b/iu],
  [
    /\bmandatory\b|\bobligatory\b|\bcompulsory\b|\brequired\b|\bverpflichtend\b|\bobligatoire\b/iu,
    /\boptional\b|\bvoluntary\b|\bfreiwillig\b|\bfacultatif\b/iu,
  ],
  [/\b(?:with|mit|avec|con|com|met|med|mukaan)\b/iu, /\b(?:without|ohne|sans|sin|senza|sem|zonder|utan|uden|uten)\b/iu],
  [/\bwithin\b|\binnerhalb\b/iu, /\bafter\b|\blater than\b|\bnach\b/iu],
  [/\binside\b|\bwithin the\b/iu, /\boutside\b/iu],
  [
    /\bfree of charge\b|\bfor free\b|\bis free\b|\bare free\b|\bkostenlos\b|\bgratuit/iu,
    /\bat (?:their|your|own) expense\b|\bpays? for\b|\bcharged\b/iu,
  ],
  [/\bpermanent\w*\b/iu, /\btemporar\w+/iu],
  [/\bmanual\w*\b/iu, /\bautomatic\w*\b/iu],
];

/** Of two clauses about the same: one says the opposite of the other, by words that stand against each other. */
function areOpposite(one: string, other: string): boolean {
  return OPPOSITES.some(([left, right]) => {
    const [oneLeft, oneRight, otherLeft, otherRight] = [left.test(one), right.test(one), left.test(other), right.test(other)];
    return (oneLeft && !oneRight && otherRight && !otherLeft) || (oneRight && !oneLeft && otherLeft && !otherRight);
  });
}

const prefixes = ["un", "in", "im", "ir", "il", "non", "dis"];

/** `unlimited` in one and `limited` in the other. */
function isPrefixed(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return hasPrefixed(one, other) || hasPrefixed(other, one);
}

const hasPrefixed = (from: ReadonlySet<string>, to: ReadonlySet<string>): boolean =>
  [...from].some(
    (term) => term.length >= 4 && !to.has(term) && prefixes.some((prefix) => to.has(`${prefix}${term}`) && !from.has(`${prefix}${term}`)),
  );

const clauseEnd =
  /,(?!\d)|[;:()—]|\s[–-]\s|\b(?:but|however|whereas|while|although|unless|except|aber|sondern|jedoch|mais|sauf|pero|salvo|ma|tranne|mas|exceto|maar|behalve|men|но|кроме)\b/giu;

/** Stretches of a sentence in which a negation holds. */
export function clausesOf(sentence: string): readonly string[] {
  return sentence.split(clauseEnd).filter((clause) => /[\p{L}\p{N}]/u.test(clause));
}
