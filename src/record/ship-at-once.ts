import { LEDGER, type Row, type Statement, type Tx } from "../store/database.ts";
import { rowsAs } from "../store/engine.ts";
import { type AuditHead, appendNewEvents, lockKnownHeads, readHeads } from "../store/events.ts";
import { SqlError } from "../store/index.ts";
import { chain, type ShipDeps, type Shipment, type Shipped, tenantsOf, toCharges } from "./ship-batch.ts";

/**
 * Puts a batch into the ledger in one journey to the database, for nearly always the chains end where this process left them and nothing
 * of the batch is there. The statements check it and fail where it is not so. Undefined: nothing was written, do it step by step.
 */
export async function shipAtOnce(deps: ShipDeps, shipment: Shipment): Promise<Shipped | undefined> {
  const { seal, ends, settleBudgets } = deps;
  const { processId, events, from, to } = shipment;
  const known = await findEnds(deps, tenantsOf(events));
  if (known === undefined) return undefined;
  const { rows, heads, forged } = chain(seal, known, events);
  if (forged.length > 0) return undefined;
  const gathered = gather([lockKnownHeads(known), appendNewEvents({ rows, heads, processId, from, to })]);
  const settled = settleBudgets(gathered.tx, processId, toCharges(events));
  const [, appended] = await gathered.send(deps, settled);
  if (appended === undefined) return undefined;
  ends.keep(heads);
  return { heads, forged, known: 0, tookMs: Number(appended[0]?.["took"]) };
}

/** Ends that this process does not know are read, and are as good as their seal. */
async function findEnds({ db, ends, seal }: ShipDeps, tenantIds: readonly string[]): Promise<AuditHead[] | undefined> {
  const found = ends.find(tenantIds);
  if (found !== undefined) return found;
  const missing = tenantIds.filter((tenantId) => ends.find([tenantId]) === undefined);
  const read = await readHeads(db, missing);
  ends.keep(read.filter(({ tenantId, seq, chainHash, mac }) => mac === seal(tenantId, seq, chainHash)));
  return ends.find(tenantIds);
}

type Waiting = { readonly resolve: (rows: Row[]) => void; readonly reject: (error: unknown) => void };

/** A transaction whose statements are gathered and sent together. */
function gather(first: readonly Statement[]) {
  const statements = [...first];
  const waiting: Waiting[] = [];
  let sent = false;
  const tx: Tx = {
    query: async <R extends Row = Row>(text: string, params: Statement["params"] = []): Promise<R[]> => {
      if (sent) throw new Error("the transaction has been sent");
      statements.push({ text, params });
      return rowsAs<R>(await new Promise<Row[]>((resolve, reject) => waiting.push({ resolve, reject })));
    },
  };
  const answer = (rows: readonly Row[][]): void => {
    for (const [at, { resolve }] of waiting.entries()) resolve(rows[first.length + at] ?? []);
  };
  return {
    tx,
    /** The rows of each, or nothing where the database refused a statement. `done` follows from the answers. */
    async send({ db }: Pick<ShipDeps, "db">, done: Promise<void>): Promise<readonly Row[][]> {
      sent = true;
      try {
        const rows = await db.batch(LEDGER, statements);
        answer(rows);
        await done;
        return rows;
      } catch (error) {
        for (const { reject } of waiting) reject(error);
        await Promise.allSettled([done]);
        if (error instanceof SqlError) return [];
        throw error;
      }
    },
  };
}
