import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KeyAdmin, TenantAdmin } from "../admin/index.ts";
import { getBySlug } from "../admin/index.ts";
import type { Ingest } from "../ingest/index.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";

export type Demo = { readonly tenantKey: string; readonly collection: string };

const SLUG = "demo";
const COLLECTION = "handbook";
const DOCUMENTS = fileURLToPath(new URL("../../demo/documents", import.meta.url));

export type DemoDeps = {
  readonly db: Database;
  readonly dataDir: string;
  readonly tenants: TenantAdmin;
  readonly keys: KeyAdmin;
  readonly ingest: Pick<Ingest, "createCollection" | "getCollection" | "createFile" | "addFileToCollection">;
  /** Whether this key still opens the demo tenant. */
  isGood(key: string): Promise<boolean>;
};

/** A tenant with sample documents and a key to ask them with. What an earlier start made is kept. */
export async function seedDemo(deps: DemoDeps): Promise<Demo> {
  const tenantId = await findOrMakeTenant(deps);
  await findOrMakeCollection(deps, tenantId);
  return { tenantKey: await findOrMakeKey(deps), collection: COLLECTION };
}

async function findOrMakeTenant({ db, tenants }: DemoDeps): Promise<TenantId> {
  try {
    return (await getBySlug(db, SLUG)).id;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "not_found") throw error;
    return (await tenants.create({ slug: SLUG, name: "Demo" })).id;
  }
}

async function findOrMakeCollection({ ingest }: DemoDeps, tenantId: TenantId): Promise<void> {
  try {
    const { fileCounts } = await ingest.getCollection(tenantId, COLLECTION);
    if (fileCounts.total > 0) return;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "collection_unknown") throw error;
    await ingest.createCollection(tenantId, { name: COLLECTION });
  }
  const { id } = await ingest.getCollection(tenantId, COLLECTION);
  for (const filename of (await readdir(DOCUMENTS)).toSorted()) {
    const bytes = await readFile(join(DOCUMENTS, filename));
    const file = await ingest.createFile(tenantId, { filename, purpose: "user_data", bytes });
    await ingest.addFileToCollection(tenantId, id, file.id);
  }
}

/** The key is kept readable for its owner alone: every start prints the same one. */
async function findOrMakeKey({ dataDir, keys, isGood }: DemoDeps): Promise<string> {
  const path = join(dataDir, "demo-key");
  const kept = (await readFile(path, "utf8").catch(() => "")).trim();
  if (kept !== "" && (await isGood(kept))) return kept;
  const { key } = await keys.create({ kind: "admin", role: "admin" }, SLUG, { name: "demo" });
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return key;
}
