import { toChains, type Chains } from "./canary-chains.ts";
import { DIGIT, KINDS, kindOf, NOTHING, PERCENT } from "./canary-letters.ts";
import { CHANNELS, type OutputRule, type Say, type Watch } from "./output-rule.ts";

/** Characters that may stand between two letters of a canary: `**\n\n- **` is nine, `&#x00` with a comma and spaces not more. */
const GAP_MAX = 16;
/**
 * The longest form is eight numbers of three digits with a gap after each: 408. What is longer holds characters without a width; it is
 * still found, but its beginning leaves.
 */
export const CANARY_HOLD_CHARACTERS_MAX = 512;

/** Ends an answer that gives a conversation's canary away, in any of the forms of `toChains`. */
export function canaryRule(canary: string): OutputRule {
  let chains: Chains | undefined;
  return {
    name: "canary",
    channels: new Set(CHANNELS),
    strict: true,
    // Made with the first part: a call that is refused needs none, and others wait for the model meanwhile.
    watch: () => new CanaryWatch((chains ??= toChains(canary))),
  };
}

/** Who reads a character: an escape is the letter that it stands for to some forms, and its digits to the others. */
type Readers = "all" | "letters" | "others";

class CanaryWatch implements Watch {
  readonly #chains: Chains;
  #runs: ReturnType<typeof createRuns>;
  #next: ReturnType<typeof createRuns>;
  #leaked = false;
  #flushedAt = 0;
  /** The characters since a percent sign that may be an escape. */
  #escape: { readonly kind: number; readonly at: number }[] | undefined;
  /** The first half of a surrogate pair. */
  #high = 0;

  constructor(chains: Chains) {
    this.#chains = chains;
    this.#runs = createRuns(chains.count);
    this.#next = createRuns(chains.count);
  }

  /** Every run takes the character, skips it, or ends; and where it is a form's symbol, a run begins. */
  #step(kind: number, at: number, readers: Readers): void {
    this.#next.clear();
    for (let index = 0; index < this.#runs.size; index++) {
      const state = this.#runs.states[index] ?? 0;
      const goal = this.#runs.goals[index] ?? 0;
      const start = this.#runs.starts[index] ?? 0;
      const gap = this.#runs.gaps[index] ?? 0;
      if (kind === NOTHING || !this.#reads(readers, state)) {
        this.#next.add(state, goal, start, gap);
        continue;
      }
      if (this.#chains.accepts[state * KINDS + kind] === 1) {
        if (state + 1 === goal) this.#leaked = true;
        this.#next.add(state + 1, goal, start, 0);
      }
      if (gap < GAP_MAX && this.#chains.skips[state * KINDS + kind] === 1) this.#next.add(state, goal, start, gap + 1);
    }
    for (const state of this.#chains.starts[kind] ?? [])
      if (this.#reads(readers, state)) this.#next.add(state + 1, this.#chains.goals[state] ?? 0, at, 0);
    [this.#runs, this.#next] = [this.#next, this.#runs];
  }

  #reads(readers: Readers, state: number): boolean {
    return readers === "all" || (this.#chains.ofLetters[state] === 1) === (readers === "letters");
  }

  #read(kind: number, at: number): void {
    if (this.#escape === undefined) {
      this.#step(kind, at, "all");
      if (kind === PERCENT) this.#escape = [];
      return;
    }
    const digit = hexDigit(kind);
    if (digit < 0) {
      // No escape after all.
      for (const passed of this.#escape) this.#step(passed.kind, passed.at, "letters");
      this.#escape = undefined;
      return this.#read(kind, at);
    }
    this.#step(kind, at, "others");
    this.#escape.push({ kind, at });
    const [first] = this.#escape;
    if (first === undefined || this.#escape.length < 2) return;
    this.#escape = undefined;
    this.#step(kindOf(hexDigit(first.kind) * 16 + digit), first.at, "letters");
  }

  push(text: string, at: number, say: Say): number {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0xd800 && unit <= 0xdbff) {
        this.#high = unit;
        continue;
      }
      const isLow = this.#high !== 0 && unit >= 0xdc00 && unit <= 0xdfff;
      this.#read(kindOf(isLow ? (this.#high - 0xd800) * 0x400 + unit - 0xdc00 + 0x10000 : unit), isLow ? at + index - 1 : at + index);
      this.#high = 0;
      if (this.#leaked) say.blocked("leak", "canary_leaked");
    }
    const end = at + text.length - (this.#high === 0 ? 0 : 1);
    let safe = this.#escape?.[0] === undefined ? end : Math.min(end, this.#escape[0].at);
    for (let index = 0; index < this.#runs.size; index++) safe = Math.min(safe, this.#runs.starts[index] ?? end);
    return Math.max(safe, this.#flushedAt, end - CANARY_HOLD_CHARACTERS_MAX);
  }

  end(at: number): void {
    this.#flushedAt = at;
  }
}

const hexDigit = (kind: number): number => (kind < 6 ? kind + 10 : kind >= DIGIT && kind < DIGIT + 10 ? kind - DIGIT : -1);

/** Runs under way, one for each awaited symbol: of two, the longer one. */
function createRuns(count: number) {
  const states = new Int32Array(count);
  const goals = new Int32Array(count);
  const starts = new Float64Array(count);
  const gaps = new Int32Array(count);
  /** Where each state's run stands in the list, if it does. */
  const places = new Int32Array(count);
  return {
    states,
    goals,
    starts,
    gaps,
    size: 0,
    clear(): void {
      this.size = 0;
    },
    add(state: number, goal: number, start: number, gap: number): void {
      const place = places[state] ?? 0;
      const isTaken = place < this.size && states[place] === state;
      if (isTaken && (goals[place] ?? 0) <= goal) return;
      const index = isTaken ? place : this.size++;
      states[index] = state;
      goals[index] = goal;
      starts[index] = start;
      gaps[index] = gap;
      places[state] = index;
    },
  };
}
