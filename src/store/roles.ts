import type { Database } from "./database.ts";
import { OPERATOR } from "./database.ts";
import type { Owner } from "./engine.ts";
import { BOUND_ROLES } from "./scope.ts";
import type { BoundRole } from "./scope.ts";
import { SqlError } from "./sql-error.ts";

/**
 * Creates the bound roles where they are missing and lets this login take them on. Roles belong to the whole server, so another
 * database's start may do the same at this moment: both of its collisions are taken for success.
 */
export async function ensureRoles(owner: Owner): Promise<void> {
  try {
    for (const role of BOUND_ROLES) await ensureRole(owner, role);
  } catch (error) {
    if (!(error instanceof SqlError) || error.sqlState !== "42501") throw error;
    const [row] = await owner.query<{ login: string }>("SELECT quote_ident(current_user) AS login");
    const roles = BOUND_ROLES.join(", ");
    throw new Error(
      `The database's login may not make or take on the roles that keep tenants apart. As a superuser run, for each of ${roles}: CREATE ROLE … NOLOGIN; ` +
        `then: GRANT ${roles} TO ${row?.login ?? ""}.`,
      { cause: error },
    );
  }
}

async function ensureRole(owner: Owner, role: BoundRole): Promise<void> {
  await owner.script(`DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
      CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
    END IF;
  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
  END $$`);
  const grant = `DO $$ BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND NOT pg_has_role(current_user, '${role}', 'MEMBER') THEN
      GRANT ${role} TO CURRENT_USER;
    END IF;
  END $$`;
  await owner.script(grant).catch(async (error: unknown) => {
    // Another start granted the same at this moment ("tuple concurrently updated"): the second time there is nothing left to do.
    if (!(error instanceof SqlError) || error.sqlState !== "XX000") throw error;
    await owner.script(grant);
  });
}

/** What would make a bound role able to see past its policies, as sentences. Empty: all is well. */
export async function findRoleProblems(db: Database): Promise<readonly string[]> {
  const roles = BOUND_ROLES.map((role) => `'${role}'`).join(", ");
  const rows = await db.query<{ name: string; super: boolean; bypass: boolean; login: boolean; owns: number; member: string[] }>(
    OPERATOR,
    `SELECT rolname AS name, rolsuper AS super, rolbypassrls AS bypass, rolcanlogin AS login,
       (SELECT count(*) FROM pg_class WHERE relowner = r.oid) + (SELECT count(*) FROM pg_proc WHERE proowner = r.oid)
         + (SELECT count(*) FROM pg_namespace WHERE nspowner = r.oid) AS owns,
       ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS member
     FROM pg_roles r WHERE rolname IN (${roles})`,
  );
  const problems = BOUND_ROLES.filter((role) => !rows.some((row) => row.name === role)).map((role) => `the role ${role} does not exist`);
  for (const row of rows) {
    if (row.super) problems.push(`the role ${row.name} is a superuser`);
    if (row.bypass) problems.push(`the role ${row.name} has BYPASSRLS`);
    if (row.login) problems.push(`the role ${row.name} can log in`);
    if (row.owns > 0) problems.push(`the role ${row.name} owns ${row.owns} objects`);
    for (const group of row.member) problems.push(`the role ${row.name} is a member of ${group}`);
  }
  return problems;
}

/** Start-up refuses to serve when the isolation of tenants would not hold. */
export async function checkRoles(db: Database): Promise<void> {
  const problems = await findRoleProblems(db);
  if (problems.length > 0) throw new Error(`Tenants would not be isolated: ${problems.join("; ")}.`);
}
