/** Words of a language that hardly any sentence does without, and few of them another language's. */
const COMMON: Readonly<Record<string, string>> = {
  en: "the of and to is that it for was with you this are have not be what how can my your from which by an or we they will would there their has do does did please a in on at i me he she his her no if but so one all about more when who where why some could write give tell make us our them any only i'm it's don't explain were been into than then now name lives hello thanks",
  de: "der die das und ist nicht ich ein eine zu den mit von dem sich auf für wie was sie wir sind auch bei aus nach wird einen einem einer kann mein meine bitte oder wenn über haben hat mir im am bin mich dir dich dieser diese dieses dass schreibe erkläre warum wer wo wann gibt es als an nur noch schon habe wohnt heißt name danke hallo unsere unser herr frau",
  fr: "le la les et est des une un du que pour dans qui pas je vous nous sur avec ce sont au aux mon ma mes votre être avez ont cette comment quel quelle s'il j'ai c'est n'est l'on où à tu il elle on son sa ses leur plus si mais ou bien très fait peut merci bonjour suis écris explique pourquoi quand qu'est d'un d'une l'adresse nom né chez monsieur madame leurs cet",
  es: "el la los las y es que de en un una por para con no se lo su mi como está son qué cuál cómo pero más muy del al me tengo puedo favor usted hay este esta ser a hola gracias soy nos le les sobre sin desde hasta porque cuando donde escribe explica nombre nació llamo vivo vive calle señor señora fue sus entre también otro",
  it: "il la lo gli le e è di che un una per con non si sono della del nel mi come cosa questo questa ho hai ha può dei delle alla al più anche mio mia sul ed da quale a i o se ma chi ci vi nei nella dal dalla sulla chiamo abito nome nato nata vive via signor signora scrivi spiega perché quando dove grazie ciao fa essere stato",
  pt: "o a os as e é de que um uma para com não se do da em no na por eu você meu minha como mais são está ao dos das foi tem seu sua qual isso este pelo também à nome moro chamo nasceu vive rua senhor senhora escreva explique porque quando onde obrigado olá tenho pode ser estou pela pelos sobre até entre sem",
  nl: "de het een en is van dat niet ik je in op voor met zijn te aan er wat hoe mijn ook maar om uit bij naar kan wordt deze heeft hebben we ze u jij waar als dit naam woont heet schrijf leg waarom wanneer wie bedankt hallo ben der den meneer mevrouw over dan nog wel geen nu graag onze ons hun hij zij",
  pl: "w nie na się jest to z do że co jak o po mi dla od czy za przez ja tak są już moje mój moja proszę który która tego tej być oraz lub ale gdzie może mam mieszka nazywam imię urodzony pan pani ul napisz wyjaśnij dlaczego kiedy dziękuję cześć jestem był była ma nasz jego jej tylko jeszcze bardzo",
};
/** Letters that say more than a word does. */
const LETTERS: readonly (readonly [letters: RegExp, languages: Readonly<Record<string, number>>])[] = [
  [/[ßäöü]/g, { de: 1.5 }],
  [/[ñ¿¡]/g, { es: 3 }],
  [/[ãõ]/g, { pt: 3 }],
  [/[łąęśźżćń]/g, { pl: 3 }],
  [/[èâîûœ]/g, { fr: 1.5 }],
  [/[ìòù]/g, { it: 1.5 }],
  [/ij/g, { nl: 0.5 }],
];

const LANGUAGES = Object.keys(COMMON);
const WORD_OF = new Map<string, number[]>();
for (const [at, language] of LANGUAGES.entries()) {
  for (const word of (COMMON[language] ?? "").split(" ")) WORD_OF.set(word, [...(WORD_OF.get(word) ?? []), at]);
}
/** How much a word says: one of a single language is worth more than one that four of them have. */
const worthOf = (languages: readonly number[]): number => 1 / languages.length;

/** Code units that are read: a text rarely changes its language later on. */
const READ_UNITS = 1_200;
/** A lead as large as one common word of no other language. */
const LEAD_MIN = 0.5;

type Script = { readonly language: string; readonly from: number; readonly to: number };
/** Kana comes first: Japanese has ideographs as well. */
const SCRIPTS: readonly Script[] = [
  { language: "ja", from: 0x3040, to: 0x30ff },
  { language: "ko", from: 0xac00, to: 0xd7af },
  { language: "hi", from: 0x0900, to: 0x097f },
  { language: "ar", from: 0x0600, to: 0x06ff },
  { language: "he", from: 0x0590, to: 0x05ff },
  { language: "el", from: 0x0370, to: 0x03ff },
  { language: "ru", from: 0x0400, to: 0x04ff },
  { language: "th", from: 0x0e00, to: 0x0e7f },
  { language: "zh", from: 0x4e00, to: 0x9fff },
];
/** A script is the text's own from this share of its letters; less is a name or a quotation. Ideographs say more than a letter does. */
const SCRIPT_SHARE_MIN = 0.25;

/**
 * The language of a text by ISO 639-1, or empty where it cannot be told: too short, code, or a language that is not known here. By its
 * script, or by common words and letters. A cheap guess for routing, not a fact about the speaker.
 */
export function languageOf(whole: string): string {
  const text = whole.slice(0, READ_UNITS).toLowerCase();
  return scriptOf(text) ?? wordsOf(text);
}

function scriptOf(text: string): string | undefined {
  const counts = SCRIPTS.map(() => 0);
  let letters = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x0370) {
      if (code > 96 && (code < 123 || code > 0xbf)) letters++;
      continue;
    }
    const script = SCRIPTS.findIndex(({ from, to }) => code >= from && code <= to);
    if (script < 0) continue;
    letters++;
    counts[script] = (counts[script] ?? 0) + 1;
  }
  const [kana = 0] = counts;
  const ideographs = counts.at(-1) ?? 0;
  if (kana > 0 && kana + ideographs >= SCRIPT_SHARE_MIN * letters && kana * 10 >= ideographs) return "ja";
  const most = counts.indexOf(Math.max(...counts));
  return letters > 0 && (counts[most] ?? 0) >= SCRIPT_SHARE_MIN * letters ? SCRIPTS[most]?.language : undefined;
}

function wordsOf(text: string): string {
  const scores = LANGUAGES.map(() => 0);
  for (const word of text.match(/[a-zß-ž']+/g) ?? []) {
    const languages = WORD_OF.get(word) ?? [];
    for (const language of languages) scores[language] = (scores[language] ?? 0) + worthOf(languages);
  }
  for (const [letters, languages] of LETTERS) {
    const found = Math.min(3, text.match(letters)?.length ?? 0);
    if (found === 0) continue;
    for (const [language, worth] of Object.entries(languages)) {
      const at = LANGUAGES.indexOf(language);
      scores[at] = (scores[at] ?? 0) + worth * found;
    }
  }
  const [first = 0, second = 0] = scores.toSorted((one, other) => other - one);
  return first - second < LEAD_MIN ? "" : (LANGUAGES[scores.indexOf(first)] ?? "");
}
