import { FORGED, TokenRefused } from "../admit/index.ts";
import { principalIdOf, type Principal } from "../domain/principal.ts";
import type { Fault } from "../kernel/fault.ts";
import type { RequestId, TenantId } from "../kernel/ids.ts";
import type { Decision, Noted } from "../record/index.ts";
import type { Endpoint } from "./endpoint.ts";

/** Takes note of a decision; never fails, never waits. */
export type NoteDecision = (decision: Noted) => void;

/** One request that was decided on, as far as it came. */
export type Decided = {
  readonly endpoint: Endpoint;
  /** undefined: nobody knows. */
  readonly who: Principal | undefined;
  readonly requestId: RequestId;
  readonly params: Readonly<Record<string, string>>;
  /** The tenant that the address names. */
  readonly tenantSlug: string | undefined;
};

/** What is granted to calls is in the ledger, one row each: a second one would cost the hot path and say nothing. */
const IN_LEDGER: ReadonlySet<string> = new Set(["chat", "public"]);

/** After the answer is made: who was let in to what, and which data they read. */
export function noteGranted(note: NoteDecision, decided: Decided, status: number): void {
  const { endpoint, who, params } = decided;
  if (who === undefined || endpoint.allow === "public" || IN_LEDGER.has(endpoint.allow)) return;
  note({ ...aboutOf(decided), category: "authorisations", action: "authorise", outcome: "granted", permission: endpoint.allow });
  if (status >= 400) return;
  const resource = Object.values(params).findLast((value) => ID.test(value));
  note({
    ...aboutOf(decided),
    // Into the chain of the tenant whose data it is, where there is such a tenant: what the address says is not written.
    ...(who.kind === "admin" ? { tenantSlug: decided.tenantSlug } : {}),
    category: "data-access",
    action: `${endpoint.method} ${endpoint.path}`,
    outcome: "granted",
    resource,
  });
}

/** A refusal: of a sign-in, or of what a known caller may not do. Other faults are no decisions about access. */
export function noteDenied(note: NoteDecision, decided: Decided, fault: Fault): void {
  const { endpoint, who } = decided;
  if (fault.code === "forbidden" && who !== undefined && endpoint.allow !== "public") {
    const action = `${endpoint.method} ${endpoint.path}`;
    note({ ...aboutOf(decided), category: "authorisations", action, outcome: "denied", permission: endpoint.allow, code: fault.code });
    return;
  }
  if (!SIGN_IN.has(fault.code)) return;
  const flaw = fault instanceof TokenRefused ? fault.flaw : undefined;
  const attack = fault.code === "tenant_mismatch" || (flaw !== undefined && FORGED.has(flaw));
  const category: Decision["category"] = attack ? "security" : "sign-ins";
  note({ ...aboutOf(decided), category, action: "sign-in", outcome: "denied", code: fault.code, reason: flaw });
}

/** Ids that Weir makes: anything else in an address may be what somebody put there by a slip. */
const ID = /^(key|file|vs|req|prm)[_-][0-9a-v]{16,32}$/;
const SIGN_IN: ReadonlySet<string> = new Set([
  "key_missing",
  "key_unknown",
  "key_suspended",
  "token_invalid",
  "session_ended",
  "tenant_mismatch",
]);

function aboutOf({ who, requestId }: Decided): Pick<Noted, "actor" | "role" | "requestId"> & { readonly tenantId?: TenantId | undefined } {
  if (who === undefined) return { requestId };
  return { requestId, actor: principalIdOf(who), role: who.role, tenantId: who.kind === "tenant" ? who.tenant.id : undefined };
}
