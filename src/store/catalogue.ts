import { OPERATOR } from "./database.ts";
import type { Database, Row } from "./database.ts";
import { BOUND_ROLES } from "./scope.ts";

/** The part of PostgreSQL's catalogue that isolation rests on: everything in the schema `public`, and who may use another. Readable by any role. */
export type Catalogue = {
  readonly tables: readonly Table[];
  readonly policies: readonly Policy[];
  readonly keys: readonly UniqueKey[];
  readonly references: readonly Reference[];
  readonly grants: readonly Grant[];
  readonly views: readonly View[];
  readonly functions: readonly { readonly name: string; readonly definer: boolean }[];
  /** Bound roles that may use a schema beside `public`, where there are no policies. */
  readonly schemas: readonly { readonly name: string; readonly role: string }[];
};

export type Table = {
  readonly name: string;
  readonly isPartition: boolean;
  readonly security: boolean;
  readonly forced: boolean;
  readonly columns: readonly string[];
  /** Columns that may be null. */
  readonly nullable: readonly string[];
};
export type Command = "select" | "insert" | "update" | "delete";
export type Policy = {
  readonly table: string;
  readonly name: string;
  readonly command: Command | "all";
  readonly permissive: boolean;
  /** `public` is everybody. */
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
};
export type UniqueKey = { readonly table: string; readonly name: string; readonly columns: readonly string[] };
export type Reference = {
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
};
export type Grant = { readonly table: string; readonly role: string; readonly privilege: string };
export type View = { readonly name: string; readonly kind: "view" | "materialised" | "foreign"; readonly invoker: boolean };

export async function readCatalogue(db: Database): Promise<Catalogue> {
  const read = <R extends Row>(text: string): Promise<R[]> => db.query<R>(OPERATOR, text);
  return {
    tables: await read(TABLES),
    policies: await read(POLICIES),
    keys: await read(KEYS),
    references: await read(REFERENCES),
    grants: await read(GRANTS),
    views: await read(VIEWS),
    functions: await read(FUNCTIONS),
    schemas: await read(SCHEMAS),
  };
}

const HERE = "(SELECT oid FROM pg_namespace WHERE nspname = 'public')";
const namesOf = (numbers: string, table: string): string =>
  `ARRAY(SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS n (no, at) JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = n.no ORDER BY n.at)`;
const columnsWhere = (condition: string): string =>
  `ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND ${condition} ORDER BY attnum)`;

const TABLES = `SELECT relname::text AS name, relispartition AS "isPartition", relrowsecurity AS security, relforcerowsecurity AS forced,
  ${columnsWhere("true")} AS columns, ${columnsWhere("NOT attnotnull")} AS nullable
  FROM pg_class c WHERE relnamespace = ${HERE} AND relkind IN ('r', 'p') ORDER BY 1`;

const POLICIES = `SELECT c.relname::text AS table, polname::text AS name, polpermissive AS permissive,
  CASE polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
  ARRAY(SELECT coalesce(r.rolname::text, 'public') FROM unnest(polroles) AS n (id) LEFT JOIN pg_roles r ON r.oid = n.id) AS roles,
  pg_get_expr(polqual, polrelid) AS using, pg_get_expr(polwithcheck, polrelid) AS check
  FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE c.relnamespace = ${HERE} ORDER BY 1, 2`;

const KEYS = `SELECT c.relname::text AS table, i.relname::text AS name, ${namesOf("x.indkey[0:x.indnkeyatts - 1]", "c.oid")} AS columns
  FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
  WHERE x.indisunique AND c.relnamespace = ${HERE} ORDER BY 1, 2`;

const REFERENCES = `SELECT c.relname::text AS table, conname::text AS name, t.relname::text AS target,
  ${namesOf("k.conkey", "k.conrelid")} AS columns, ${namesOf("k.confkey", "k.confrelid")} AS "targetColumns"
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
  WHERE contype = 'f' AND c.relnamespace = ${HERE} ORDER BY 1, 2`;

/** Of the bound roles and of everybody. */
const GRANTS = `SELECT c.relname::text AS table, coalesce(r.rolname::text, 'public') AS role, lower(g.privilege_type) AS privilege
  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS g LEFT JOIN pg_roles r ON r.oid = g.grantee
  WHERE c.relnamespace = ${HERE} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND (g.grantee = 0 OR r.rolname IN (${BOUND_ROLES.map((role) => `'${role}'`).join(", ")}))
  UNION SELECT c.relname::text, r.rolname::text, lower(g.privilege_type)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid CROSS JOIN LATERAL aclexplode(a.attacl) AS g JOIN pg_roles r ON r.oid = g.grantee
  WHERE c.relnamespace = ${HERE} AND r.rolname IN (${BOUND_ROLES.map((role) => `'${role}'`).join(", ")}) ORDER BY 1, 2, 3`;

const VIEWS = `SELECT relname::text AS name, CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialised' ELSE 'foreign' END AS kind,
  EXISTS (SELECT FROM pg_options_to_table(reloptions) WHERE option_name = 'security_invoker' AND option_value IN ('true', 'on', '1', 'yes')) AS invoker
  FROM pg_class WHERE relnamespace = ${HERE} AND relkind IN ('v', 'm', 'f') ORDER BY 1`;

const FUNCTIONS = `SELECT proname::text AS name, prosecdef AS definer FROM pg_proc WHERE pronamespace = ${HERE} ORDER BY 1`;

const SCHEMAS = `SELECT n.nspname::text AS name, r.rolname::text AS role FROM pg_namespace n CROSS JOIN pg_roles r
  WHERE r.rolname IN (${BOUND_ROLES.map((role) => `'${role}'`).join(", ")}) AND n.nspname NOT IN ('public', 'pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%' AND has_schema_privilege(r.oid, n.oid, 'USAGE') ORDER BY 1, 2`;
