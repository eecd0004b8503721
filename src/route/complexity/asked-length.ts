/** Tokens of one such thing, as they come out in the answers of current models. */
const TOKENS_OF = { word: 1.35, character: 0.4, sentence: 25, line: 14, item: 40, paragraph: 110, page: 650, token: 1 } as const;
type Unit = keyof typeof TOKENS_OF;

const UNITS: Readonly<Record<Unit, string>> = {
  word: "word words wort worte worten wörter wörtern mot mots palabra palabras parola parole palavra palavras woord woorden słowo słów słowach शब्द शब्दों",
  character: "character characters zeichen caractères caracteres caratteri tekens znaków",
  sentence:
    "sentence sentences satz sätze sätzen phrase phrases oración oraciones frase frases frasi zin zinnen zdanie zdania zdań zdaniach वाक्य वाक्यों",
  line: "line lines verse verses zeile zeilen ligne lignes línea líneas riga righe linha linhas regel regels wiersz wiersze wierszy",
  item:
    "item items point points bullet bullets idea ideas example examples tip tips reason reasons way ways step steps name names title titles question questions suggestion suggestions " +
    "punkt punkte punkten ideen beispiele tipps gründe schritte idées exemples conseils raisons étapes ejemplos consejos razones pasos idee esempi consigli ragioni passi " +
    "ideias exemplos dicas razões passos ideeën voorbeelden redenen stappen pomysłów przykładów powodów kroków",
  paragraph:
    "paragraph paragraphs absatz absätze absätzen paragraphe paragraphes párrafo párrafos paragrafo paragrafi parágrafo parágrafos alinea alinea's akapit akapity akapitów",
  page: "page pages seite seiten página páginas pagina pagine pagina's strona strony stron",
  token: "token tokens",
};
const NAMES = ["word", "character", "sentence", "line", "item", "paragraph", "page", "token"] as const satisfies readonly Unit[];
const UNIT_OF: ReadonlyMap<string, Unit> = new Map(NAMES.flatMap((unit) => UNITS[unit].split(" ").map((word) => [word, unit] as const)));
const WIDE_UNITS: Readonly<Record<string, Unit>> = {
  語: "word",
  词: "word",
  字: "character",
  文: "sentence",
  句: "sentence",
  行: "line",
  個: "item",
  个: "item",
  つ: "item",
  段: "paragraph",
  ペ: "page",
  页: "page",
};

/** "A paragraph" asks for one, "a reason" hardly does. */
const ARTICLES: ReadonlySet<string> = new Set("a an ein eine einem einen einer un une uno una um uma een".split(" "));
const OF_ARTICLE: ReadonlySet<Unit> = new Set<Unit>(["sentence", "paragraph", "page", "line", "word"]);
const NUMBERS: ReadonlyMap<string, number> = new Map(
  [
    "one single eins jeden jedno jednym 一",
    "two zwei deux dos due dois duas twee dwa dwóch 二 两",
    "three drei trois tres tre três drie trzy trzech 三",
    "four vier quatre cuatro quattro quatro cztery czterech 四",
    "five fünf cinq cinco cinque vijf pięć pięciu 五",
    "six sechs seis sei zes sześć sześciu 六",
    "seven sieben sept siete sette sete zeven siedem siedmiu 七",
    "eight acht huit ocho otto oito osiem ośmiu 八",
    "nine neun neuf nueve nove negen dziewięć dziewięciu 九",
    "ten zehn dix diez dieci dez tien dziesięć dziesięciu 十",
  ].flatMap((words, at) => words.split(" ").map((word) => [word, at + 1] as const)),
);

/** Lengths are said where the request is: at the ends of a text. In code units. */
const END_UNITS = 500;
/** More of anything is a year, a price or a line of a log. */
const COUNT_MAX = 50_000;
/** Words between a number and its unit: "three short and clear paragraphs". */
const BETWEEN_MAX = 3;

export type AskedLength = { /** Tokens of the least and of the most that is named. */ readonly least: number; readonly most: number };

/** The length that a text asks for in so many words or sentences or pages; undefined where it names none. */
export function findAskedLength(whole: string): AskedLength | undefined {
  const text = (whole.length <= 2 * END_UNITS ? whole : `${whole.slice(0, END_UNITS)}\n${whole.slice(-END_UNITS)}`).toLowerCase();
  const found = [...findInWords(text), ...findInWide(text)];
  return found.length === 0 ? undefined : { least: Math.min(...found), most: Math.max(...found) };
}

function findInWords(text: string): number[] {
  const words = text.match(/[\p{L}\p{M}']+|\d+/gu) ?? [];
  return words.flatMap((word, at) => {
    const isArticle = ARTICLES.has(word);
    const count = isArticle ? 1 : countOf(words, at);
    if (count === undefined) return [];
    for (let next = at + 1; next <= at + (isArticle ? 2 : BETWEEN_MAX + 1); next++) {
      const unit = UNIT_OF.get(words[next] ?? "");
      if (unit !== undefined) return isArticle && !OF_ARTICLE.has(unit) ? [] : [count * TOKENS_OF[unit]];
      if (countOf(words, next) !== undefined && next > at + 1) return [];
    }
    return [];
  });
}

/** The number at a word; "1,000" and "1.000" are two, of which the second has three figures. */
function countOf(words: readonly string[], at: number): number | undefined {
  const word = words[at] ?? "";
  if (!(word.charCodeAt(0) < 58)) return NUMBERS.get(word);
  const thousands = /^\d{3}$/.test(words[at + 1] ?? "") && word.length <= 3 ? (words[at + 1] ?? "") : "";
  const count = Number(word + thousands);
  return count > 0 && count <= COUNT_MAX ? count : undefined;
}

function findInWide(text: string): number[] {
  return [...text.matchAll(/(\d{1,5}|[一二两三四五六七八九十])(?:文)?([語词字文句行個个つ段ペ页])/gu)].flatMap(
    ([, number = "", sign = ""]) => {
      const unit = WIDE_UNITS[sign];
      const count = NUMBERS.get(number) ?? Number(number);
      return unit === undefined || !(count > 0) ? [] : [count * TOKENS_OF[unit]];
    },
  );
}
