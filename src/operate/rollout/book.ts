import type { Rollout, RolloutMark, RolloutVariant } from "../../domain/rollout.ts";
import type { RolloutId } from "../../kernel/ids.ts";
import { createTally, type CountedCall, type Tally } from "../../route/index.ts";
import type { CountsRow, RolloutRecord } from "../../store/rollouts.ts";

/** `told`: how many calls and scores it has heard of, and how many of them are written. */
type Line = { readonly step: number; readonly variant: RolloutVariant; readonly tally: Tally; told: number; written: number };

/** What this process counts of open rollouts. In memory until it is written, so a process that dies takes two seconds' counts with it. */
export type CountBook = {
  call(mark: RolloutMark, counted: CountedCall): void;
  /** Once for each call. False: it has one already, or takes part in nothing that is open. */
  score(mark: RolloutMark, requestId: string, score: number): boolean;
  /** What changed since it was last written; `written` says that it was. */
  take(): { readonly rows: readonly CountsRow[]; written(): void };
  linesOf(id: RolloutId): readonly Pick<CountsRow, "step" | "variant" | "counts">[];
  /** Counts of these only, from now on. */
  follow(open: readonly RolloutRecord[]): void;
};

/** Calls of a rollout whose score is remembered, so that it counts once. Some 10 MB. */
const SCORED_MAX = 100_000;

export function createCountBook(): CountBook {
  let known = new Map<RolloutId, RolloutRecord>();
  const lines = new Map<RolloutId, Line[]>();
  const scored = new Map<RolloutId, Set<string>>();
  const change = ({ id, variant, share }: RolloutMark, work: (tally: Tally) => void): boolean => {
    const rollout = known.get(id);
    const step = rollout === undefined ? -1 : stepOf(rollout, share);
    if (step < 0) return false;
    const mine = lines.get(id) ?? [];
    lines.set(id, mine);
    let line = mine.find((each) => each.step === step && each.variant === variant);
    if (line === undefined) mine.push((line = { step, variant, tally: createTally(), told: 0, written: 0 }));
    work(line.tally);
    line.told++;
    return true;
  };
  return {
    call: (mark, counted) => void change(mark, (tally) => tally.call(counted)),
    score(mark, requestId, score) {
      const of = scored.get(mark.id) ?? new Set();
      if (of.has(requestId) || !change(mark, (tally) => tally.score(score))) return false;
      scored.set(mark.id, of.add(requestId));
      const [oldest] = of;
      if (oldest !== undefined && of.size > SCORED_MAX) of.delete(oldest);
      return true;
    },
    take() {
      const taken = [...known.values()].flatMap(({ id, ownerId }) =>
        (lines.get(id) ?? []).flatMap((line) => (line.written === line.told ? [] : [{ line, told: line.told, ownerId, rolloutId: id }])),
      );
      return {
        rows: taken.map(({ line: { step, variant, tally }, ownerId, rolloutId }) => {
          const counts = tally.read();
          return { ownerId, rolloutId, step, variant, counts };
        }),
        written() {
          for (const { line, told } of taken) line.written = told;
        },
      };
    },
    linesOf: (id) => (lines.get(id) ?? []).map(({ step, variant, tally }) => ({ step, variant, counts: tally.read() })),
    follow(open) {
      known = new Map(open.map((rollout) => [rollout.id, rollout]));
      for (const kept of [lines, scored]) for (const id of kept.keys()) if (!known.has(id)) kept.delete(id);
    },
  };
}

/** A call that began under a share counts for that step, whatever has come since. */
const stepOf = ({ steps }: Rollout, share: number): number => steps.indexOf(share);
