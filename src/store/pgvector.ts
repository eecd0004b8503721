import { LOOKUP } from "./database.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";

/** `ready`: vectors can be stored and searched. Else why not: searches go by words alone. */
export type VectorSupport = "ready" | "missing" | "forbidden" | "elsewhere" | "old";

const SUPPORT: readonly VectorSupport[] = ["ready", "missing", "forbidden", "elsewhere", "old"];

/** What is to be done, as the doctor and the log say it. */
export const WHY_NO_VECTORS: Readonly<Record<Exclude<VectorSupport, "ready">, string>> = {
  missing: "The server does not have pgvector: install it (Debian: postgresql-15-pgvector) and start again.",
  forbidden: "The database's login may not create the extension: as a superuser run CREATE EXTENSION vector, and start again.",
  elsewhere: "pgvector is in another schema than public: ALTER EXTENSION vector SET SCHEMA public, and start again.",
  old: "pgvector is older than 0.8: install a newer one, run ALTER EXTENSION vector UPDATE, and start again.",
};

/** At every start: makes the table of vectors where the database can hold one and has none yet. */
export async function ensureVectors(db: Engine): Promise<VectorSupport> {
  const [row] = await db.asOwner((owner) => owner.query<{ state: string }>("SELECT weir_vectors() AS state"));
  return SUPPORT.find((one) => one === row?.state) ?? "missing";
}

/** The table is there. */
export async function hasVectors(db: Database): Promise<boolean> {
  const [row] = await db.query<{ there: boolean }>(LOOKUP, "SELECT to_regclass('public.chunk_vectors') IS NOT NULL AS there");
  return row?.there === true;
}
