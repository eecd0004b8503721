import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "../kernel/hash.ts";
import type { Owner } from "./engine.ts";

/**
 * What a data folder remembers of the databases that it was used with, in `weir.json`. The folder's journal belongs to them: shipped to
 * another database, its events would be another installation's. And a database that has lost its tables must not look like a first start.
 */
export type Memory = {
  /** undefined: never seen. */
  find(): string | undefined;
  keep(databaseId: string): Promise<void>;
  readonly file: string;
};

/** `place` tells databases apart: the embedded one, or host, port and name of a server's. It is kept as a digest, without credentials. */
export async function readMemory(dataDir: string, place: string): Promise<Memory> {
  const file = join(dataDir, "weir.json");
  const name = place === EMBEDDED ? EMBEDDED : sha256Hex(place).slice(0, 16);
  const databases = await readDatabases(file);
  return {
    file,
    find: () => databases.get(name),
    async keep(databaseId) {
      if (databases.get(name) === databaseId) return;
      databases.set(name, databaseId);
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      await writeFile(`${file}.draft`, `${JSON.stringify({ databases: Object.fromEntries(databases) }, undefined, 2)}\n`, { mode: 0o600 });
      await rename(`${file}.draft`, file);
    },
  };
}

export const EMBEDDED = "embedded";

/** Host, port and name: what says which database a URL means, whoever logs in. */
export function placeOf(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) throw new Error("DATABASE_URL is not a URL. Expected postgres://USER:PASSWORD@HOST:PORT/NAME.");
  const url = new URL(databaseUrl);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error("DATABASE_URL does not begin with postgres:// or postgresql://.");
  return `${url.hostname}:${url.port === "" ? "5432" : url.port}${url.pathname}`;
}

async function readDatabases(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return new Map();
  const refuse = (): never => {
    throw new Error(
      `${file} cannot be read. It names the databases that this data folder was used with: restore it, or delete it to accept the present one.`,
    );
  };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return refuse();
  }
  const databases: unknown = read !== null && typeof read === "object" && "databases" in read ? read.databases : undefined;
  if (databases === null || typeof databases !== "object") return refuse();
  return new Map(Object.entries(databases).map(([name, id]) => [name, String(id)]));
}

/** The id that a database got with its first start. */
export async function readDatabaseId(owner: Owner): Promise<string> {
  await owner.script("INSERT INTO weir_identity (id) VALUES (gen_random_uuid()::text) ON CONFLICT DO NOTHING");
  const [row] = await owner.query<{ id: string }>("SELECT id FROM weir_identity");
  if (row === undefined) throw new Error("the database has no identity");
  return row.id;
}

/** Without this table no migration ever ran. */
export async function hasTables(owner: Owner): Promise<boolean> {
  const [row] = await owner.query<{ there: boolean }>("SELECT to_regclass('public.weir_migrations') IS NOT NULL AS there");
  return row?.there === true;
}
