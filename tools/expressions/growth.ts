/** Whether an expression's time grows faster than its text. */
import type { Expression } from "./list.ts";
import { piecesOf, worstInputs } from "./inputs.ts";

/** Small ones first: an expression that is exponential is known at 24 characters, and would not come back from 1,000. */
const SIZES = [24, 256, 2048, 8192] as const;
/** At each of these sizes a linear expression takes microseconds; a quadratic one at the last, 20 ms and more. */
const SUSPECT_MS = 4;
/** Nothing linear takes this long over so few characters, on however busy a machine; twice in a row. */
const HOPELESS_MS = 40;
const HOPELESS_SIZE = 2100;
/** Four times the text: linear is 4, quadratic 16. Half way between, in logarithms. */
const RATIO_MAX = 8;
const ROUNDS = 5;

/** Tried at every place, also where the program would try it at one only. */
const searching = ({ source, flags }: Expression): RegExp => new RegExp(source, `${flags.replace(/[gy]/g, "")}g`);

/** Every match in the text, as a replacement goes through it. */
function timeMs(pattern: RegExp, text: string): number {
  const start = performance.now();
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null && pattern.lastIndex < text.length; found = pattern.exec(text)) {
    // One that matches nothing at a place would stay there.
    if (found[0] === "") pattern.lastIndex++;
  }
  return performance.now() - start;
}

const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
const measured = (pattern: RegExp, text: string): number => median(Array.from({ length: ROUNDS }, () => timeMs(pattern, text)));

/** The median of ratios, each of two measurements in one go: what else the machine does falls on both. */
function ratioOf(pattern: RegExp, text: string, quarter: string): number {
  return median(Array.from({ length: ROUNDS }, () => timeMs(pattern, text) / Math.max(timeMs(pattern, quarter), 0.001)));
}

/** What is wrong with one text of `size` characters, of which `quarter` is the like; nothing: it is fast enough. */
function judge(pattern: RegExp, text: string, quarter: string): string | undefined {
  const took = timeMs(pattern, text);
  if (took < SUSPECT_MS) return undefined;
  if (text.length <= HOPELESS_SIZE) {
    return took > HOPELESS_MS && timeMs(pattern, text) > HOPELESS_MS ? `${text.length} characters take ${took.toFixed(0)} ms` : undefined;
  }
  if (measured(pattern, text) < SUSPECT_MS) return undefined;
  const ratio = Math.min(ratioOf(pattern, text, quarter), ratioOf(pattern, text, quarter));
  return ratio >= RATIO_MAX ? `four times the text takes ${ratio.toFixed(1)} times as long` : undefined;
}

/** One without it matches at each place in a time that its own length bounds. */
const REPEATS = /[*+]|\{\d+,/;

/** What is wrong, or nothing. */
export function findGrowth(expression: Expression): string | undefined {
  if (!REPEATS.test(expression.source)) return undefined;
  const pattern = searching(expression);
  for (const piece of piecesOf(expression.source)) {
    for (const size of SIZES) {
      for (const [at, text] of worstInputs(expression.source, piece, size).entries()) {
        const wrong = judge(pattern, text, worstInputs(expression.source, piece, size / 4)[at] ?? "");
        if (wrong !== undefined) return `${JSON.stringify(piece)}: ${wrong}`;
      }
    }
  }
  return undefined;
}
