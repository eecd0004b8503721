import { MARK } from "./citations.ts";

/** `[1, 2, … 20]`, with room. Beyond it a bracket is no mark. */
const MARK_CHARS_MAX = 96;
const mark = new RegExp(`^${MARK}`);
/** What could still become a mark, or a link. */
const beginning = /^\[(?:\d{1,3}(?:\s{0,3}[,;–-]\s{0,3}\d{1,3})*(?:\s{0,3}[,;–-]?\s{0,3})?)?\]?$/;

export type Mark = { readonly blanks: string; readonly raw: string; readonly list: string };
export type Piece = { readonly said: string; readonly mark?: Mark; readonly rest: string };

/** What of a text can leave now: up to a mark, and the mark where it is whole. undefined: more has to come first. */
export function takePiece(held: string, isEnd: boolean): Piece | undefined {
  if (held === "") return undefined;
  const at = held.indexOf("[");
  if (at < 0) {
    const kept = isEnd ? "" : (/[ \t]{1,3}$/.exec(held)?.[0] ?? "");
    const said = held.slice(0, held.length - kept.length);
    return said === "" ? undefined : { said, rest: kept };
  }
  const blanks = /[ \t]{1,3}$/.exec(held.slice(0, at))?.[0] ?? "";
  const before = held.slice(0, at - blanks.length);
  const rest = held.slice(at);
  const match = mark.exec(rest);
  const isWhole = match !== null && (rest.length > match[0].length || isEnd);
  if (isWhole && rest.charAt(match[0].length) !== "(")
    return { said: before, mark: { blanks, raw: match[0], list: match[1] ?? "" }, rest: rest.slice(match[0].length) };
  if (!isWhole && !isEnd && rest.length <= MARK_CHARS_MAX && beginning.test(rest))
    return before === "" ? undefined : { said: before, rest: held.slice(before.length) };
  return { said: `${before}${blanks}[`, rest: rest.slice(1) };
}
