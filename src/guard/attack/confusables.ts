/**
 * Letters that look like Latin ones and that compatibility forms (NFKC) leave as they are. Each row: a Latin letter, then what looks like it.
 * A choice from Unicode's confusables: what fonts draw alike, not what is merely similar.
 */
const ROWS: readonly string[] = [
  "aаɑαᴀⱥ∂ꭺᎪ",
  "bЬвʙβƅᏏᖯ",
  "cсϲᴄⅽꮯᏟ¢",
  "dԁɗᴅⅾᏧᗞđ",
  "eеҽєᴇ℮ɛεᎬꬲ",
  "fғꜰϝƒẝꞙ",
  "gɡɢցǥԍᏀ",
  "hһнʜհᏂᎻ",
  "iіɪıιɩӏᎥꙇⅰ",
  "jјʝᴊϳᎫ",
  "kкᴋκҝᏦ",
  "lⅼʟɭłᏞⱡ",
  "mмᴍⅿϻᎷ",
  "nпɴոռηᴎ",
  "oоᴏοօσøⲟഠ๐",
  "pрᴘρᏢⲣ",
  "qԛգʠ",
  "rгʀᴦɾᎡꮁ",
  "sѕꜱʂᏚꮪ",
  "tтᴛτŧᎢ",
  "uυᴜսцμ",
  "vѵᴠνⅴᏙ",
  "wԝᴡωաѡᎳ",
  "xхⅹχ×",
  "yуʏүγყ",
  "zᴢʐƶᏃ",
];

/** Boxed and circled letters without a compatibility form, each an alphabet of 26 from its first code point. */
const ALPHABETS = [0x1f130, 0x1f150, 0x1f170, 0x1f1e6];

const table = new Map<number, string>();
for (const row of ROWS) {
  const [latin = "", ...others] = Array.from(row);
  for (const other of others) table.set(other.codePointAt(0) ?? 0, latin);
}
for (const first of ALPHABETS) for (let letter = 0; letter < 26; letter++) table.set(first + letter, String.fromCharCode(97 + letter));

/** The Latin letter that a code point passes for, or undefined. */
export const findLookalike = (codePoint: number): string | undefined => table.get(codePoint);
