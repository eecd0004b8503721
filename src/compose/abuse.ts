import { createKeySuspensions, type KeySuspensions } from "../admin/index.ts";
import { createAbuse, type Abuse, type Change, type Crossing, type Scored } from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import type { Misuse } from "../domain/abuse.ts";
import type { CallEvent } from "../domain/event.ts";
import { isReportable } from "../domain/guard-report.ts";
import type { GuardDeps } from "../guard/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { createRefusalBook, type DecisionLog, type RefusalBook } from "../record/index.ts";
import { keepRefusals } from "../store/guard-refusals.ts";
import type { Database } from "../store/index.ts";
import { describeError, type Log } from "../telemetry/index.ts";

export type AbuseParts = {
  readonly abuse: Abuse;
  /** Requests that may be reported as refused by mistake. */
  readonly refusals: RefusalBook;
  readonly suspensions: KeySuspensions;
  /** Told by the rules for content. */
  readonly refused: GuardDeps["refused"];
  /** Told of each call that has ended. */
  closed(event: CallEvent): void;
};

export type AbuseDeps = {
  readonly config: Pick<Config, "abuse">;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly decisions: DecisionLog;
  /** A key was suspended, here. */
  changed(change: Change): void;
};

const DAY_MS = 86_400_000;
/** Whoever was refused by mistake says so the next working day; a weekend lies between. */
const REPORTABLE_DAYS = 4;

/** Which fault counts how. Others say nothing of the key. */
const MISUSES: Partial<Record<FaultCode, Misuse>> = {
  injection_blocked: "injection-blocked",
  personal_data_blocked: "personal-data-blocked",
  canary_leaked: "canary-leaked",
  output_blocked: "output-blocked",
};
/** Of one call: a long conversation brings the same results of tools again and again. */
const WITHHELD_COUNTED_MAX = 4;

/** Who misuses their key, what becomes of the key, and whether the rules were right. */
export function composeAbuse(deps: AbuseDeps): AbuseParts {
  const { config, db, clock, log, decisions } = deps;
  const suspensions = createKeySuspensions({
    db,
    nowMs: clock.nowMs,
    changed: deps.changed,
    resumed: (keyId) => abuse.forget(keyId),
    decisions,
  });
  const abuse: Abuse = createAbuse(
    {
      clock,
      crossed: (key, crossing) => decisions.note(toCrossed(key, crossing)),
      async suspend(key, score) {
        try {
          await suspensions.suspendMisused(key, `score:${rounded(score)}`);
          return true;
        } catch (error) {
          log.error("a key could not be suspended, and is tried again", { keyId: key.keyId, ...describeError(error) });
          return false;
        }
      },
    },
    config.abuse,
  );
  const refusals = createRefusalBook({
    write: (tenantId, rows) => keepRefusals(db, tenantId, rows, new Date(clock.nowMs() + REPORTABLE_DAYS * DAY_MS)),
    onLost: (error, count) => log.error("refusals that could be reported were lost", { count, ...describeError(error) }),
  });
  return {
    abuse,
    refusals,
    suspensions,
    refused({ who, requestId }, code, saw) {
      const key = { tenantId: who.tenant.id, keyId: who.key.id };
      const misuse = MISUSES[code];
      if (misuse !== undefined) abuse.misused(key, misuse);
      if (isReportable(code))
        refusals.keep(key.tenantId, { requestId, keyId: key.keyId, code, saw: saw.join(" "), refusedAtMs: clock.nowMs() });
    },
    closed: (event) => judgeEvent(abuse, event),
  };
}

/** What was found in a call that was answered. Where documents were read, nobody knows whether it was theirs: then nothing counts. */
function judgeEvent(abuse: Abuse, { tenantId, keyId, guard, passages, code, operation }: CallEvent): void {
  // Whoever asks whether a text is an attack sends attacks, and others' texts: neither counts against the key, nor pays anything off.
  if (operation === "moderations") return;
  // What a rule ended was told of when it did.
  if (code === "output_blocked" || code === "canary_leaked") return;
  const { withheld = 0, injection } = guard ?? {};
  const suspicious = (withheld > 0 || injection !== undefined) && (passages ?? 0) === 0;
  if (!suspicious) abuse.behaved(keyId);
  else if (withheld > 0) abuse.misused({ tenantId, keyId }, "tool-withheld", Math.min(withheld, WITHHELD_COUNTED_MAX));
  else abuse.misused({ tenantId, keyId }, "injection-seen");
}

const toCrossed = ({ tenantId, keyId }: Scored, { level, score, mode }: Crossing) =>
  ({
    category: "security",
    action: "abuse",
    outcome: mode === "detect" ? "granted" : "denied",
    tenantId,
    actor: keyId,
    resource: keyId,
    reason: `level:${level} score:${rounded(score)} mode:${mode}`,
  }) as const;

const rounded = (score: number): number => Math.round(score * 10) / 10;
