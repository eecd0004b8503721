import type { ProviderOut } from "../domain/provider-state.ts";
import { OPERATOR, type Database } from "./database.ts";

type Row = {
  readonly provider: string;
  readonly state: ProviderOut["state"];
  readonly reason: string;
  readonly changed_by: string;
  readonly changed_at: Date;
};
const COLUMNS = "provider, state, reason, changed_by, changed_at";
const toOut = ({ provider, state, reason, changed_by, changed_at }: Row): ProviderOut => ({
  provider,
  state,
  reason,
  by: changed_by,
  atMs: changed_at.getTime(),
});

/** All that are not `on`; names that the configuration does not have any more included. */
export async function listProvidersOut(db: Database): Promise<readonly ProviderOut[]> {
  return (await db.query<Row>(OPERATOR, `SELECT ${COLUMNS} FROM provider_states ORDER BY provider`)).map(toOut);
}

/** As it is now, locked until the transaction ends that `db` belongs to; undefined: `on`. */
export async function lockProviderOut(db: Database, provider: string): Promise<ProviderOut | undefined> {
  const [row] = await db.query<Row>(OPERATOR, `SELECT ${COLUMNS} FROM provider_states WHERE provider = $1 FOR UPDATE`, [provider]);
  return row === undefined ? undefined : toOut(row);
}

/** In place of what was said of it before. */
export async function putProviderOut(db: Database, { provider, state, reason, by, atMs }: ProviderOut): Promise<void> {
  await db.query(
    OPERATOR,
    `INSERT INTO provider_states (${COLUMNS}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (provider)
     DO UPDATE SET state = excluded.state, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
    [provider, state, reason, by, new Date(atMs)],
  );
}

/** It is `on` again. */
export async function removeProviderOut(db: Database, provider: string): Promise<void> {
  await db.query(OPERATOR, "DELETE FROM provider_states WHERE provider = $1", [provider]);
}
