import { MARK, createTokeniser, type Tokens } from "../linear/tokens.ts";
import { foldText } from "./fold.ts";
import { PHRASES, PHRASE_CLASSES, type PhraseClass } from "./phrases.ts";
import { SIGNALS, SIGNAL_NAMES } from "./signals.ts";

/** Signals of a piece in the order of their last words. The arrays grow with what is found and are used again. */
export type Events = { at: Int32Array; id: Uint8Array; count: number };

/** A place in the tree of phrases: what ends here, and what may follow. */
type Branch = { readonly kinds: number[]; readonly next: Map<number, Branch>; isCapital: boolean };

/** A step of a sequence of a signal: which it needs before it. */
type Step = { readonly state: number; readonly isFirst: boolean; readonly gap: number; readonly fires: number };

const kindOf = (kind: PhraseClass): number => PHRASE_CLASSES.indexOf(kind);
const DROP = kindOf("drop");
const TURN = kindOf("turn");
const TEMPLATE = kindOf("template");
const TAG = kindOf("tag");
const VOCATIVE = kindOf("vocative");
const SHOUTED: ReadonlySet<number> = new Set([DROP, kindOf("parrot"), kindOf("reveal")]);
const SHOUTED_ORDER = SIGNAL_NAMES.indexOf("shouted-order");
const QUOTED_ORDER = SIGNAL_NAMES.indexOf("quoted-order");

/** A first word that begins no phrase is told by one look: most words of any text. */
const MAYBE_BITS = 0x3fff;

function buildTree(): { readonly root: Map<number, Branch>; readonly maybe: Uint8Array } {
  const tokenise = createTokeniser();
  const root = new Map<number, Branch>();
  const maybe = new Uint8Array(MAYBE_BITS + 1);
  for (const [kind, name] of PHRASE_CLASSES.entries()) {
    for (const written of PHRASES[name].split(",")) {
      const phrase = foldText(written.trim().toLowerCase()).text;
      const { count, hashes } = tokenise(phrase, 0);
      let branches = root;
      let branch: Branch | undefined;
      for (let i = 0; i < count; i++) {
        const hash = hashes[i] ?? 0;
        if (i === 0) maybe[hash & MAYBE_BITS] = 1;
        branch = branches.get(hash) ?? { kinds: [], next: new Map(), isCapital: false };
        branches.set(hash, branch);
        branches = branch.next;
      }
      branch?.kinds.push(kind);
      if (branch !== undefined && written.includes("^")) branch.isCapital = true;
    }
  }
  return { root, maybe };
}

/** For each kind of phrase the steps it can take; later steps of a sequence first, so that one phrase never takes two. */
function buildSteps(): { readonly byKind: readonly (readonly Step[])[]; readonly states: number } {
  const byKind: Step[][] = PHRASE_CLASSES.map(() => []);
  let states = 0;
  for (const [id, name] of SIGNAL_NAMES.entries()) {
    if (name === "quoted-order" || name === "shouted-order") continue;
    for (const { kinds, gap } of SIGNALS[name].sequences) {
      for (let step = kinds.length - 1; step >= 0; step--) {
        const kind = kinds[step];
        if (kind !== undefined)
          byKind[kindOf(kind)]?.push({ state: states + step, isFirst: step === 0, gap, fires: step === kinds.length - 1 ? id : -1 });
      }
      states += kinds.length;
    }
  }
  return { byKind, states };
}

const TREE = buildTree();
const STEPS = buildSteps();
const NEVER = -1_000_000;

/** Reads the signals of a piece in one pass over its words. */
export function createSignalReader(): (tokens: Tokens) => Events {
  const events: Events = { at: new Int32Array(256), id: new Uint8Array(256), count: 0 };
  const reached = new Int32Array(STEPS.states);

  function emit(at: number, id: number): void {
    if (events.count === events.at.length) {
      const at2 = new Int32Array(2 * events.count);
      const id2 = new Uint8Array(2 * events.count);
      at2.set(events.at);
      id2.set(events.id);
      events.at = at2;
      events.id = id2;
    }
    events.at[events.count] = at;
    events.id[events.count] = id;
    events.count++;
  }

  function take(kind: number, first: number, last: number): void {
    const steps = STEPS.byKind[kind] ?? [];
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step === undefined) continue;
      if (!step.isFirst) {
        const before = reached[step.state - 1] ?? NEVER;
        if (first <= before || first - before - 1 > step.gap) continue;
      }
      reached[step.state] = last;
      if (step.fires >= 0) emit(last, step.fires);
    }
  }

  function readAt(tokens: Tokens, first: number): void {
    const { count, hashes, marks } = tokens;
    let branch = TREE.root.get(hashes[first] ?? 0);
    for (let last = first; branch !== undefined;) {
      for (let i = 0; i < branch.kinds.length; i++) {
        const kind = branch.kinds[i] ?? 0;
        const mark = marks[first] ?? 0;
        if (kind === TURN && ((mark & MARK.LINE_START) === 0 || ((marks[last] ?? 0) & MARK.COLON) === 0)) continue;
        if (kind === VOCATIVE && ((marks[last] ?? 0) & (MARK.COLON | MARK.COMMA)) === 0) continue;
        if ((kind === TEMPLATE || kind === TAG) && (mark & MARK.MARKUP) === 0) continue;
        if (branch.isCapital && (mark & MARK.UPPER) === 0) continue;
        if (SHOUTED.has(kind) && (mark & MARK.UPPER) !== 0) emit(last, SHOUTED_ORDER);
        if (kind === DROP && (mark & MARK.QUOTED) !== 0) emit(last, QUOTED_ORDER);
        take(kind, first, last);
      }
      last++;
      if (last >= count) return;
      branch = branch.next.get(hashes[last] ?? 0);
    }
  }

  return (tokens) => {
    events.count = 0;
    reached.fill(NEVER);
    const { count, hashes } = tokens;
    const { maybe } = TREE;
    for (let first = 0; first < count; first++) if (maybe[(hashes[first] ?? 0) & MAYBE_BITS] === 1) readAt(tokens, first);
    return events;
  };
}
