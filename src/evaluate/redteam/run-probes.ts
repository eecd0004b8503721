import type { Clock } from "../../kernel/clock.ts";
import { askedText } from "./excerpt.ts";
import type { ModelJudge } from "./model-judge.ts";
import { inconclusive, type Finding, type Probe, type Verdict } from "./probe.ts";
import { noReply, type Reply } from "./reply.ts";
import type { Target } from "./target.ts";
import { isTaken } from "./account.ts";
import type { Undo } from "./undo.ts";

export type RunDeps = {
  readonly target: Target;
  /** The same server, not stopped with the run. */
  readonly afterwards: Target;
  readonly undo: Undo;
  readonly judge: ModelJudge | undefined;
  readonly clock: Clock;
  /** For what a report may show of a request or an answer. */
  readonly excerpt: (text: string) => string;
  readonly onFinding: (finding: Finding) => void;
};

export type RunOptions = {
  readonly concurrency: number;
  /** By the monotonic clock; what has not begun by then is not asked. */
  readonly endsAtMs: number;
};

type Asked = { readonly probe: Probe; readonly reply: Reply; readonly twin: Reply | undefined };

/** Asks every probe, so many at once, and judges each: the late ones when all have been asked. Findings come in the order of the probes. */
export async function runProbes(probes: readonly Probe[], deps: RunDeps, { concurrency, endsAtMs }: RunOptions): Promise<Finding[]> {
  const { target, clock } = deps;
  const findings = new Map<string, Finding>();
  const late: Asked[] = [];
  const tell = (finding: Finding): void => {
    findings.set(finding.id, finding);
    deps.onFinding(finding);
  };
  const queue = probes.values();
  const work = async (): Promise<void> => {
    for (const probe of queue) {
      if (clock.monotonicMs() >= endsAtMs) {
        tell(toFinding({ probe, reply: noReply("", 0, 0), twin: undefined }, inconclusive("not asked: the time is over"), deps));
        continue;
      }
      const reply = await target.ask(probe.ask);
      noteMade(probe, reply, deps);
      const twin = probe.twin === undefined ? undefined : await target.ask(probe.twin);
      const asked = { probe, reply, twin };
      if (probe.late === true) late.push(asked);
      else tell(toFinding(asked, await judge(asked, deps), deps));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  for (const asked of late) tell(toFinding(asked, await judge(asked, deps), deps));
  return probes.flatMap((probe) => findings.get(probe.id) ?? []);
}

/** A probe that should be refused, and is not, leaves something behind. */
function noteMade(probe: Probe, reply: Reply, { undo, afterwards }: RunDeps): void {
  const made = probe.undo?.(reply);
  if (made !== undefined) undo.add(made.name, async () => isTaken(await afterwards.ask(made.ask)));
}

async function judge({ probe, reply, twin }: Asked, deps: RunDeps): Promise<Verdict> {
  const verdict = await probe.judge(reply, twin);
  const canHelp = verdict.outcome === "inconclusive" && reply.status === 200 && reply.ending === "whole" && reply.text !== "";
  return canHelp && deps.judge !== undefined && probe.goal !== undefined ? deps.judge(probe.goal, reply.text) : verdict;
}

function toFinding({ probe, reply }: Asked, verdict: Verdict, { excerpt }: RunDeps): Finding {
  const { id, suite, family, severity, kind } = probe;
  const show = verdict.outcome === "failed" && probe.secret !== true;
  return {
    id,
    suite,
    family,
    severity,
    kind,
    ...verdict,
    status: reply.status,
    ...(reply.code === undefined ? {} : { code: excerpt(reply.code) }),
    latencyMs: Math.round(reply.latencyMs * 10) / 10,
    tries: reply.tries,
    ...(show ? { asked: excerpt(askedText(probe.ask)), answered: excerpt(reply.text === "" ? reply.raw : reply.text) } : {}),
  };
}
