/**
 * Prints the hashes of words, for `src/guard/toxicity/word-hashes.generated.ts`: `bun tools/toxicity/hash-words.ts < words.txt`. Slurs and
 * curses are kept as hashes, so that nobody who reads the source has to read them; whoever adds one adds its hash.
 */
import { hashWord } from "../../src/guard/linear/tokens.ts";

const words = (await Bun.stdin.text()).toLowerCase().split(/\s+/).filter(Boolean);
const hashes = [...new Set(words.map(hashWord))].toSorted((one, other) => one - other);
console.log(hashes.join(", "));
