import type { LedgerEvent } from "../domain/event.ts";
import { idTimeMs, type RequestId, type TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR, tenantScope } from "../store/database.ts";
import { listUsage, type UsageRow } from "../store/ledger-usage.ts";
import { parseEvent } from "./event-json.ts";
import { explainCall, explainRefusals } from "./explain-call.ts";

export type Explanation = {
  readonly requestId: RequestId;
  /** `refusals`: no row of its own; what was refused in its minute. `none`: nothing is recorded that it could be. */
  readonly found: "call" | "refusals" | "none";
  /** Slug; where it is known. */
  readonly tenant: string | undefined;
  readonly sentences: readonly string[];
  readonly event: LedgerEvent | undefined;
};

export type Explain = (tenantId: TenantId | undefined, requestId: RequestId) => Promise<Explanation>;

type Deps = { readonly db: Database; /** Everything answered so far is in the ledger when it resolves. */ flush(): Promise<void> };

const MINUTE_MS = 60_000;
/** Kinds of refusal in one minute that are worth telling. */
const REFUSALS_MAX = 50;

const NOTHING = [
  "No call with this id is recorded, and nothing was refused in its minute.",
  "A request with a key that is unknown, or with a body that cannot be read, leaves no record; its answer said why. Ids of requests other than calls are not recorded either.",
];

/** Tells why a call went where it went, or was refused, from its row. `tenantId` undefined: of all tenants, for the platform's operator. */
export function createExplain({ db, flush }: Deps): Explain {
  const read = async (tenantId: TenantId | undefined, fromMs: number, before: { createdAtMs: number; requestId: string }, limit: number) =>
    listUsage(
      db,
      tenantId === undefined ? OPERATOR : tenantScope(tenantId),
      { tenantId, fromMs, toMs: before.createdAtMs + 1 },
      { before, limit },
    );
  return async (tenantId, requestId) => {
    await flush();
    // A call begins at the time in its id, so its row is the first at or before that place.
    const at = idTimeMs(requestId);
    const [row] = await read(tenantId, at, { createdAtMs: at, requestId: `${requestId}v` }, 1);
    const event = row === undefined ? undefined : parseEvent(row.body);
    if (row !== undefined && event?.requestId === requestId && event.type === "call")
      return { requestId, found: "call", tenant: row.tenant, event, sentences: explainCall(event, row.tenant) };
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const rows = await read(tenantId, minute, { createdAtMs: minute, requestId: "req_w" }, REFUSALS_MAX);
    return toRefusals(requestId, rows);
  };
}

function toRefusals(requestId: RequestId, rows: readonly UsageRow[]): Explanation {
  const refusals = rows.flatMap((row) => {
    const event = parseEvent(row.body);
    return event.type === "refusal" ? [{ tenant: row.tenant, event }] : [];
  });
  if (refusals.length === 0) return { requestId, found: "none", tenant: undefined, event: undefined, sentences: NOTHING };
  const first = refusals.find(({ event }) => event.requestId === requestId);
  const opening =
    first === undefined
      ? "The call has no row of its own: refusals are added up by key, code and minute. If it was refused, it is among these."
      : "The call was refused before any provider was asked; refusals are added up by key, code and minute.";
  const told = first === undefined ? refusals : [first];
  return {
    requestId,
    found: "refusals",
    tenant: first?.tenant,
    event: first?.event,
    sentences: [opening, ...told.map(({ tenant, event }) => explainRefusals(event, tenant))],
  };
}
