import { assertNever } from "../kernel/assert-never.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Scope } from "./database.ts";

/** The only roles that statements run under. They own nothing, log in nowhere and bypass nothing; `checkRoles` proves it at start. */
export const BOUND_ROLES = ["weir_tenant", "weir_lookup", "weir_ledger", "weir_operator"] as const;
export type BoundRole = (typeof BOUND_ROLES)[number];

export function roleOf(scope: Scope): BoundRole {
  switch (scope.kind) {
    case "tenant":
      return "weir_tenant";
    case "lookup":
      return "weir_lookup";
    case "ledger":
      return "weir_ledger";
    case "operator":
      return "weir_operator";
    default:
      return assertNever(scope);
  }
}

/**
 * Opens the transaction that every statement runs in, as one simple-query message. Role and tenant are local to it: a plain SET would
 * survive COMMIT and reach the connection's next user. The id's shape is checked here because a simple query takes no parameters.
 * Should any of the three fail, the transaction is aborted and refuses the statement that follows it.
 */
export function openingOf(scope: Scope): string {
  const tenant = scope.kind === "tenant" ? tenantIds.parse(scope.tenantId) : "";
  return `BEGIN; SET LOCAL ROLE ${roleOf(scope)}; SELECT set_config('app.tenant', '${tenant}', true)`;
}
