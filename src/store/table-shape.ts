import type { Owner } from "./engine.ts";

/** A table with what a copy of it needs to know. */
export type TableShape = {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The column whose numbers the database makes; its counter is moved behind the highest one. */
  readonly identity: string | undefined;
  /** Row-level security holds for the owner too: it is lifted while rows are loaded. */
  readonly forced: boolean;
  /** Months that it is partitioned by, `YYYY-MM`. */
  readonly periods: readonly string[];
};

/** Which migrations ran is the program's own record; everything else is data. */
const NOT_DATA = new Set(["weir_migrations"]);

/** Every table with data, those that others refer to first. */
export async function listTableShapes(owner: Owner): Promise<readonly TableShape[]> {
  const rows = await owner.query<{
    name: string;
    forced: boolean;
    columns: [string, string, string, string][];
    parts: string[];
    refers: string[];
  }>(
    `SELECT c.relname::text AS name, relforcerowsecurity AS forced,
       (SELECT jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod), attidentity, attgenerated) ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
       ARRAY(SELECT p.relname::text FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid WHERE i.inhparent = c.oid ORDER BY 1) AS parts,
       ARRAY(SELECT t.relname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid WHERE k.conrelid = c.oid AND contype = 'f') AS refers
     FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
  );
  const shapes = rows
    .filter(({ name }) => !NOT_DATA.has(name))
    .map(({ name, forced, columns, parts, refers }) => ({
      refers,
      shape: {
        name,
        forced,
        columns: columns.filter(([, , , generated]) => generated === "").map(([column, type]) => ({ name: column, type })),
        identity: columns.find(([, , identity]) => identity !== "")?.[0],
        periods: parts.flatMap((part) => /_(\d{4})_(\d{2})$/.exec(part)?.slice(1).join("-") ?? []),
      },
    }));
  return inOrder(shapes);
}

function inOrder(all: readonly { readonly shape: TableShape; readonly refers: readonly string[] }[]): readonly TableShape[] {
  const done = new Set<string>();
  const ordered: TableShape[] = [];
  while (ordered.length < all.length) {
    const ready = all.filter(
      ({ shape, refers }) => !done.has(shape.name) && refers.every((other) => done.has(other) || other === shape.name),
    );
    if (ready.length === 0) throw new Error("tables refer to each other in a circle, so none can be loaded first");
    for (const { shape } of ready) {
      done.add(shape.name);
      ordered.push(shape);
    }
  }
  return ordered;
}

/**
 * A login that policies bind would read fewer rows than there are, without a word. Superusers are not bound; the owner that migrations
 * ran as may take on a platform role whose policies let everything through.
 */
export async function findUnreadable(owner: Owner, shapes: readonly TableShape[]): Promise<readonly string[]> {
  const [login] = await owner.query<{ free: boolean }>(
    "SELECT rolsuper OR rolbypassrls AS free FROM pg_roles WHERE rolname = current_user",
  );
  if (login?.free === true) return [];
  const open = await owner.query<{ name: string }>(
    `SELECT DISTINCT c.relname::text AS name FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND (NOT c.relforcerowsecurity OR (p.polcmd IN ('r', '*') AND p.polpermissive
       AND pg_get_expr(p.polqual, p.polrelid) = 'true' AND EXISTS (SELECT FROM unnest(p.polroles) AS r (id) WHERE r.id = 0 OR pg_has_role(current_user, r.id, 'USAGE'))))`,
  );
  const names = new Set(open.map(({ name }) => name));
  return shapes.map(({ name }) => name).filter((name) => !names.has(name));
}
