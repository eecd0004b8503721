/** Their words are a character or two. */
const IDEOGRAPHS = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}";
/** Their words are letters, and nothing stands between them. */
const UNBROKEN = "\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const HANGUL = "\\p{Script=Hangul}";
const unspaced = new RegExp(`[${IDEOGRAPHS}${UNBROKEN}${HANGUL}]`, "u");
const runs = new RegExp(`([${HANGUL}]+|[${IDEOGRAPHS}ー]+|[${UNBROKEN}\\p{M}]+)`, "u");
const hangul = new RegExp(`^[${HANGUL}]`, "u");
const unbroken = new RegExp(`^[${UNBROKEN}]`, "u");
/** A syllable alone is a particle or an ending. */
const syllable = /^[\p{Script=Hiragana}ー]$/u;
/** Words that say nothing about what a text is about, as `STOP_LISTS` has them for other scripts: particles, pronouns, auxiliaries, how one asks. */
const SMALL: ReadonlySet<string> = new Set(
  `的 了 是 在 和 与 与其 或 或者 不 也 就 而 而且 及 以及 被 把 对 为 于 之 其 这 那 这个 那个 我 你 您 他 她 它 我们 你们 他们 吗 呢 吧
  什么 怎么 怎样 如何 哪里 哪个 谁 多少 是否 可以 应该 因为 所以 但是 如果 请 请问
  について として ください です ます でした ました から まで こと もの ある いる する なる これ それ あれ この その あの ここ そこ という ため また または および より ない なく れる られる など
  何 誰 どこ どの どれ いつ なぜ どう どうして いくら ですか ますか
  ที่ และ ของ ใน เป็น ได้ ไม่ หรือ ให้ จะ มี กับ จาก โดย ว่า นี้ นั้น อยู่ คือ แต่ ถ้า เพื่อ แล้ว ก็ ต้อง ซึ่ง อัน ไหม หรือไม่ อะไร ใคร ที่ไหน เมื่อไร เท่าไร อย่างไร ทำไม กี่ ไป มา`.split(
    /\s+/,
  ),
);
const PAIR = 2;
const TRIPLE = 3;

export const isUnspaced = (text: string): boolean => unspaced.test(text);

/** A term, or where `spaced` a word of another script that stood among them. */
export type UnspacedPart = { readonly text: string; readonly spaced: boolean };

let segmenter: Intl.Segmenter | undefined;

/**
 * The words of scripts that are written without spaces, by the runtime's dictionaries, and of longer words their pairs of characters (of alphabets
 * their triples), because a dictionary cuts the same characters differently in another sentence. A query asks for those of the whole run: what
 * no document has costs nothing. Korean is written in words, but they carry their particles: pairs alone.
 */
export function unspacedTerms(folded: string, asked: boolean): readonly UnspacedPart[] {
  return folded.split(runs).flatMap((run): readonly UnspacedPart[] => {
    if (run === "") return [];
    if (!unspaced.test(run)) return [{ text: run, spaced: true }];
    return termsOf(run, asked).map((text) => ({ text, spaced: false }));
  });
}

function termsOf(run: string, asked: boolean): readonly string[] {
  if (hangul.test(run)) return pieces(run, PAIR, true);
  const size = unbroken.test(run) ? TRIPLE : PAIR;
  segmenter ??= new Intl.Segmenter("ja", { granularity: "word" });
  const words = Array.from(segmenter.segment(run), ({ segment }) => segment).filter((word) => !syllable.test(word) && !SMALL.has(word));
  if (asked) return [...new Set([...words, ...pieces(run, size, false)])];
  return words.flatMap((word) => [word, ...pieces(word, size, false)]);
}

/** Every so many neighbouring characters of a longer text; of a shorter one nothing, or where `whole` itself. */
function pieces(text: string, size: number, whole: boolean): readonly string[] {
  const characters = Array.from(text);
  if (characters.length <= size) return whole ? [text] : [];
  return Array.from({ length: characters.length - size + 1 }, (_, at) => characters.slice(at, at + size).join(""));
}
