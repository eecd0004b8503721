/** The tokens of the tiny model: every byte, a few merges, and the marks of ChatML. */
export type Vocabulary = {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly merges: readonly string[];
  readonly end: number;
  /** Tokens that the model may write: printable ASCII. */
  readonly written: readonly boolean[];
};

const NORMAL = 1;
const CONTROL = 3;
const MERGES = ["h e", "l l", "he ll", "hell o", "t h", "th e", "a n", "i n"];
const MARKS = ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"];

/** How GPT-2's tokenizer writes bytes: those without a glyph of their own are moved beyond U+0100. */
function byteNames(): readonly string[] {
  const hasGlyph = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte < 173) || byte > 173;
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(hasGlyph(byte) ? byte : 256 + moved++));
}

export function tinyVocabulary(): Vocabulary {
  const bytes = byteNames();
  const merged = MERGES.map((pair) => pair.replace(" ", ""));
  const tokens = [...bytes, ...merged, ...MARKS];
  const plain = bytes.length + merged.length;
  return {
    tokens,
    // The marks of tool calls are text, as in the models that know them.
    types: tokens.map((token) => (token.startsWith("<|") && token.length > 2 ? CONTROL : NORMAL)),
    merges: MERGES,
    end: tokens.indexOf("<|im_end|>"),
    written: tokens.map((_, at) => (at >= 32 && at < 127) || (at >= bytes.length && at < plain)),
  };
}
