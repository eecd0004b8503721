import type { Rollout, RolloutCounts, RolloutMark, RolloutVariant } from "../../domain/rollout.ts";
import type { RolloutId } from "../../kernel/ids.ts";
import { NO_COUNTS, withCall, withScore } from "../../route/index.ts";
import type { CountsRow, RolloutRecord } from "../../store/rollouts.ts";

type Counted = { readonly failed: boolean; readonly latencyMs: number; readonly costMicroUsd: number };
type Line = { readonly step: number; readonly variant: RolloutVariant; counts: RolloutCounts; saved: boolean };

/** What this process counts of open rollouts. In memory until it is written, so a process that dies takes two seconds' counts with it. */
export type CountBook = {
  call(mark: RolloutMark, counted: Counted): void;
  score(mark: RolloutMark, score: number): void;
  /** What changed since it was last written; `written` says that it was. */
  take(): { readonly rows: readonly CountsRow[]; written(): void };
  linesOf(id: RolloutId): readonly Pick<CountsRow, "step" | "variant" | "counts">[];
  /** Counts of these only, from now on. */
  follow(open: readonly RolloutRecord[]): void;
};

export function createCountBook(): CountBook {
  let known = new Map<RolloutId, RolloutRecord>();
  const lines = new Map<RolloutId, Line[]>();
  const change = ({ id, variant, share }: RolloutMark, work: (counts: RolloutCounts) => RolloutCounts): void => {
    const rollout = known.get(id);
    const step = rollout === undefined ? -1 : stepOf(rollout, share);
    if (step < 0) return;
    const mine = lines.get(id) ?? [];
    lines.set(id, mine);
    let line = mine.find((each) => each.step === step && each.variant === variant);
    if (line === undefined) mine.push((line = { step, variant, counts: NO_COUNTS, saved: false }));
    line.counts = work(line.counts);
    line.saved = false;
  };
  return {
    call: (mark, counted) => change(mark, (counts) => withCall(counts, counted)),
    score: (mark, score) => change(mark, (counts) => withScore(counts, score)),
    take() {
      const taken = [...known.values()].flatMap(({ id, ownerId }) =>
        (lines.get(id) ?? []).flatMap((line) => (line.saved ? [] : [{ line, counts: line.counts, ownerId, rolloutId: id }])),
      );
      return {
        rows: taken.map(({ line: { step, variant }, ...rest }) => ({ ...rest, step, variant })),
        written() {
          for (const { line, counts } of taken) line.saved = line.counts === counts;
        },
      };
    },
    linesOf: (id) => lines.get(id) ?? [],
    follow(open) {
      known = new Map(open.map((rollout) => [rollout.id, rollout]));
      for (const id of lines.keys()) if (!known.has(id)) lines.delete(id);
    },
  };
}

/** A call that began under a share counts for that step, whatever has come since. */
const stepOf = ({ steps }: Rollout, share: number): number => steps.indexOf(share);
