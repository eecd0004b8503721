/** Numbers as words, from two (one is mostly an article), in the languages that are stemmed. */
const SMALL = `
two three four five six seven eight nine ten eleven twelve
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf
deux trois quatre cinq six sept huit neuf dix onze douze
dos tres cuatro cinco seis siete ocho nueve diez once doce
due tre quattro cinque sei sette otto nove dieci undici dodici
dois três quatro cinco seis sete oito nove dez onze doze
twee drie vier vijf zes zeven acht negen tien elf twaalf
två tre fyra fem sex sju åtta nio tio elva tolv
to tre fire fem seks syv otte ni ti elleve tolv
kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen yksitoista kaksitoista
два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать`;
const OTHERS = `
thirteen 13 fourteen 14 fifteen 15 sixteen 16 seventeen 17 eighteen 18 nineteen 19 twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80
ninety 90 hundred 100 dozen 12 second 2 third 3 fourth 4 fifth 5 sixth 6 seventh 7 eighth 8 ninth 9 tenth 10 eleventh 11 twelfth 12 thirteenth 13
twice 2 quarterly 3 once 1 single 1 zwanzig 20 dreißig 30 vierzig 40 fünfzig 50 sechzig 60 siebzig 70 achtzig 80 neunzig 90 hundert 100 zweimal 2
vingt 20 trente 30 quarante 40 cinquante 50 soixante 60 cent 100 veinte 20 treinta 30 cuarenta 40 cincuenta 50 sesenta 60 cien 100
venti 20 trenta 30 quaranta 40 cinquanta 50 sessanta 60 cento 100 vinte 20 trinta 30 quarenta 40 cem 100 twintig 20 dertig 30 veertig 40 vijftig 50
honderd 100 tjugo 20 trettio 30 fyrtio 40 femtio 50 hundra 100 tyve 20 tredive 30 двадцать 20 тридцать 30 сорок 40 сто 100`;

function read(): ReadonlyMap<string, number> {
  const made = new Map<string, number>();
  for (const line of SMALL.trim().split("\n")) for (const [at, word] of line.trim().split(" ").entries()) made.set(word, at + 2);
  const pairs = OTHERS.trim().split(/\s+/);
  for (let at = 0; at + 1 < pairs.length; at += 2) made.set(pairs[at] ?? "", Number(pairs[at + 1]));
  // Italian `sei` is also a verb and `sex`, `to`, `ti`, `ni` are words of other languages: as numbers they would only ever be found too often.
  for (const word of ["to", "ti", "ni", "single"]) made.delete(word);
  return made;
}

export const NUMBER_WORDS: ReadonlyMap<string, number> = read();

const MONTHS = `
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
january february march april may june july august september october november december
января февраля марта апреля мая июня июля августа сентября октября ноября декабря`;

/** 1 to 12. `May`, `mars` and their like are a month only beside a number. */
export const MONTH_WORDS: ReadonlyMap<string, number> = new Map(
  MONTHS.trim()
    .split("\n")
    .flatMap((line) =>
      line
        .trim()
        .split(" ")
        .map((word, at) => [word, at + 1] as const),
    ),
);

/** What is counted, whatever the language: numbers of different ones are never the same. */
export type Measure =
  | "second"
  | "minute"
  | "hour"
  | "day"
  | "night"
  | "week"
  | "month"
  | "quarter"
  | "year"
  | "percent"
  | "money"
  | "length";

const MEASURES: readonly (readonly [Measure, RegExp])[] = [
  ["percent", /^(?:%|％|percent|prozent|pour-?cent|por ?ciento|procent|prosent|процент)/],
  ["money", /^(?:[€$£¥]|euros?$|eur$|usd$|gbp$|chf$|dollars?$|pounds?$|cents?$|francs?$|kron|евро|рубл|円)/],
  ["second", /^(?:seconds?$|sekund|secondes?$|segundo|secondi$|seconden$|секунд|秒)/],
  ["minute", /^(?:minut|минут|分)/],
  ["hour", /^(?:hours?$|stunde|heures?$|horas?$|or[ae]$|uren$|uur$|timm|timer$|tunti|tuntia|час|時|小时)/],
  [
    "day",
    /^(?:days?$|tage?n?$|[\p{L}]{2,}tage?n?$|jours?$|d[íi]as?$|giorn|dage?n?$|[\p{L}]{2,}dage?n?$|[\p{L}]{2,}dagar$|dagar$|päiv|дн(?:я|ей)|день|日|天|일)/u,
  ],
  ["night", /^(?:nights?$|nächte?n?$|nuits?$|noches?$|nott[ei]$|noites?$)/u],
  ["week", /^(?:weeks?$|woche|semaine|semana|settiman|we[e]?ke?n?$|veck|uger?$|uker?$|viikko|недел|週|周|주)/],
  ["month", /^(?:months?$|monate?n?$|mois$|mes(?:es|i|e)?$|m[êe]s(?:es)?$|maand|månad|måned|kuukau|месяц|月|个月|ヶ月|개월)/u],
  ["quarter", /^(?:quarters?$|quartal|trimestre)/],
  ["year", /^(?:years?$|jahre?n?s?$|ans?$|années?$|años?$|ann[oi]$|anos?$|jaar|jaren$|år$|års|vuo[dt]|год|лет$|年|년)/u],
  ["length", /^(?:kilomet|km$|met(?:er|re)s?$|miles?$)/],
];

/** undefined: no measure that is known here. */
export function measureOf(word: string): Measure | undefined {
  return MEASURES.find(([, pattern]) => pattern.test(word))?.[0];
}
