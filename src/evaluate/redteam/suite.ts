import type { Family } from "./corpus.ts";
import type { Dice } from "./dice.ts";
import type { Probe, SuiteName } from "./probe.ts";
import type { Target } from "./target.ts";
import type { Undo } from "./undo.ts";

/** What a suite may use to get ready. */
export type SuiteContext = {
  readonly target: Target;
  /** The same server, not stopped with the run: for taking away what was made. */
  readonly afterwards: Target;
  readonly adminKey: string | undefined;
  /** Model or route that is attacked. */
  readonly model: string;
  readonly embeddingModel: string | undefined;
  readonly families: readonly Family[];
  readonly dice: Dice;
  readonly undo: Undo;
  /** For what the attacker's own key makes. */
  readonly ownUndo: Undo;
  /** Part of the name of whatever is made. */
  readonly runId: string;
  readonly wait: (ms: number) => Promise<void>;
  /** Everything that an external provider has received so far; undefined where nobody can tell. */
  readonly readUpstreamLog: (() => Promise<string>) | undefined;
};

export type Prepared = {
  readonly probes: readonly Probe[];
  /** What could not be tried, and why; printed and put into the report. */
  readonly notes: readonly string[];
};

export type Suite = {
  readonly name: SuiteName;
  prepare(context: SuiteContext): Promise<Prepared>;
};

/** Something the suite needs could not be made. Said in one sentence; the other suites go on. */
export class SuiteFailed extends Error {
  override readonly name = "SuiteFailed";
}
