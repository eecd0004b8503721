import type { CollectionId, KeyId, RequestId, TenantId } from "../kernel/ids.ts";
import type { CascadeMark } from "./cascade.ts";
import type { CallHead, Form, UsageSource } from "./chat.ts";
import type { Trimmed } from "./context-policy.ts";
import type { Grounding } from "./grounding.ts";
import type { Guarded } from "./guard-policy.ts";
import type { RolloutMark } from "./rollout.ts";
import type { SignalValues } from "./signals.ts";
import type { FellReason, Plan, Trust } from "./target.ts";
import type { FoundPassage, Timings } from "./timings.ts";

/** Budgets exist for the platform, a tenant and a key; a call may count in all three. */
export type BudgetScope = "platform" | "tenant" | "key";

/** One upstream attempt of a call. */
export type Attempt = {
  readonly provider: string;
  readonly model: string;
  /** Not for an answer: it judged another one's. */
  readonly as?: "judge" | undefined;
  readonly trust: Trust;
  readonly outcome: "finished" | "failed" | "aborted";
  /** A fault code where it failed. */
  readonly code?: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  /** Units of a provider that bills by the search. */
  readonly searches?: number | undefined;
  readonly usageSource: UsageSource;
  readonly costMicroUsd: number;
  /** The price was unknown, so `costMicroUsd` is 0 without meaning free. */
  readonly priceUnknown?: true | undefined;
  readonly priceVersion: string;
  readonly latencyMs: number;
};

/** Calls other than chats. A `shadow` is a copy of a chat, and no call of its tenant's: it counts nowhere but in what it costs. */
export type Operation = "embeddings" | "rerank" | "moderations" | "shadow";

/** The one row of a call: usage and audit at once. Ids, counts, names and digests; never content. */
export type CallEvent = {
  readonly v: 1;
  readonly type: "call";
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  readonly team?: string | undefined;
  readonly feature?: string | undefined;
  readonly endUserDigest?: string | undefined;
  readonly startedAtMs: number;
  readonly latencyMs: number;
  /** Time to first part that reached the caller. */
  readonly firstPartMs?: number | undefined;
  readonly outcome: "finished" | "failed" | "aborted";
  readonly code?: string | undefined;
  readonly stream: boolean;
  /** What was asked for; absent: a chat. */
  readonly operation?: Operation | undefined;
  readonly modelAsked: string;
  /** The target that answered, or was tried last. */
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly trust?: Trust | undefined;
  /** Sums over the attempts. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
  readonly usageSource: UsageSource;
  readonly attempts: readonly Attempt[];
  /** Budgets that the call was reserved in: the process's leases of these pay its cost. Any other budget is only told of it. */
  readonly budgets?: readonly BudgetScope[] | undefined;
  readonly candidates: readonly { readonly model: string; readonly provider: string; readonly fell?: FellReason | undefined }[];
  /** The rule that took the call, by its route and place; absent: a model was asked for by its name, or no rule took it. */
  readonly rule?: { readonly route: string; readonly at: number } | undefined;
  /** The server gave less than all it can; absent: full service. */
  readonly service?: Plan["service"];
  /** What the rules asked about the call, and what it was. */
  readonly signals?: SignalValues | undefined;
  /** With which the target that was asked first was to be first, where that was by chance. */
  readonly chance?: number | undefined;
  /** The file in Git that its tenant's prompt came from, `NAME@HASH`, where it is one of those that weir.yaml names. */
  readonly promptFile?: string | undefined;
  /** The rollout that it took part in, and how. */
  readonly rollout?: RolloutMark | undefined;
  readonly tier: "model" | "extractive";
  /** How many a model was given to read. */
  readonly passages?: number | undefined;
  /** The collection that was searched. */
  readonly collection?: CollectionId | undefined;
  /** Of what was found there: ids and scores, never text. */
  readonly found?: readonly FoundPassage[] | undefined;
  /** What was left out of the prompt, because no model that could serve the call had room for all of it. */
  readonly trimmed?: Trimmed | undefined;
  /** What the rules for content found and did. */
  readonly guard?: Guarded | undefined;
  /** Where the call asks for JSON or a schema, and the answer could be checked. */
  readonly form?: Form | undefined;
  /** Of an answer from documents: what of it rests on them. */
  readonly grounding?: Grounding | undefined;
  /** Of a shadow: the call that it copies, and what form that one's answer had. */
  readonly shadow?: CallHead["shadow"];
  /** The server made it for another call, or a search, of the same caller. */
  readonly of?: RequestId | undefined;
  /** Where the call went by a cascade. */
  readonly cascade?: CascadeMark | undefined;
  /** Of a chat. Absent where the process died under it. */
  readonly timings?: Timings | undefined;
  /** Digests that tie a change in quality to what changed. */
  readonly fingerprint: { readonly prompt: string; readonly policy: string; readonly config: string; readonly index?: string | undefined };
};

/** What every call's event says of who called and when. */
export function toEventHead({ requestId, who: { tenant, key }, feature, startedAtMs, promptFile, of }: CallHead) {
  const head = { v: 1, type: "call", requestId, tenantId: tenant.id, keyId: key.id, team: key.team, feature, startedAtMs } as const;
  return { ...head, promptFile, ...(of === undefined ? {} : { of }) };
}

/** How a plan chose, for another policy to be judged by later. What there is nothing to tell of is left out: most calls have none of it. */
export function toEventChoice({ rule, service, signals, chance = 1, candidates, rollout, shortened }: Plan) {
  return {
    candidates: candidates.map(({ target: { model, provider }, fell }) => ({ model, provider, fell })),
    rule,
    service,
    signals: signals === undefined || Object.keys(signals).length === 0 ? undefined : signals,
    chance: chance === 1 ? undefined : Math.round(chance * 1e6) / 1e6,
    rollout,
    ...(shortened === undefined ? {} : { trimmed: shortened.trimmed }),
  };
}

/**
 * Whether the answer is not by whom the policy would have had: the server gave less service, another target failed before, or was not
 * asked because it had been failing.
 * A repeat at the same target that succeeds takes nothing from the answer.
 */
export function isDegraded(event: Pick<CallEvent, "attempts" | "candidates" | "model" | "cascade" | "service">): boolean {
  const { attempts, candidates, model, cascade, service } = event;
  if (service !== undefined) return true;
  // In a cascade a whole answer that did not pass is no failure.
  if (attempts.some((each) => each.as === undefined && each.model !== model && !(cascade !== undefined && each.outcome === "finished")))
    return true;
  for (const candidate of candidates) {
    if (candidate.fell === "breaker-open") return true;
    if (candidate.model === model) return false;
  }
  return false;
}

/** What every call's reservation says, likewise. */
export function toReservationHead(
  { requestId, who: { tenant, key }, startedAtMs }: CallHead,
  { budgeted, budgets }: { readonly budgeted: boolean; readonly budgets: readonly BudgetScope[] },
) {
  return { requestId, tenantId: tenant.id, keyId: key.id, startedAtMs, budgets: budgeted ? budgets : undefined } as const;
}

/** One counted attempt makes the sum counted; attempts that used nothing say nothing. */
export function usageSourceOf(attempts: readonly Attempt[]): UsageSource {
  if (attempts.some(({ usageSource }) => usageSource === "counted")) return "counted";
  return attempts.some(({ usageSource }) => usageSource === "reported") ? "reported" : "none";
}

/** Calls that were refused before any upstream was asked, added up per key, code and minute. */
export type RefusalEvent = {
  readonly v: 1;
  readonly type: "refusal";
  /** Id of the first of them. */
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  readonly outcome: "refused";
  readonly code: string;
  /** First millisecond of the minute. */
  readonly startedAtMs: number;
  readonly count: number;
};

export type LedgerEvent = CallEvent | RefusalEvent;

/** What was set aside for a call before it ran; recovery bills it when the process died under the call. */
export type Reservation = {
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly keyId: KeyId;
  readonly startedAtMs: number;
  readonly microUsd: number;
  readonly inputTokensMax: number;
  readonly outputTokensMax: number;
  readonly modelAsked: string;
  readonly stream: boolean;
  /** As in the event that will close it. */
  readonly operation?: Operation | undefined;
  /** The same. */
  readonly budgets?: readonly BudgetScope[] | undefined;
};
