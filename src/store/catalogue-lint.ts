import { readCatalogue } from "./catalogue.ts";
import type { Catalogue, Command, Policy, Table } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { findRoleProblems } from "./roles.ts";
import { BOUND_ROLES } from "./scope.ts";

export type CatalogueReport = {
  /** One sentence each; empty when tenants are isolated. */
  readonly problems: readonly string[];
  /** What was looked at: a check that saw nothing proves nothing. */
  readonly checked: {
    readonly tenantTables: number;
    readonly policies: number;
    readonly keys: number;
    readonly references: number;
    readonly roles: number;
  };
};

/** Is the schema, as it really is, one in which a tenant cannot reach, guess or touch another's rows? */
export async function lintCatalogue(db: Database): Promise<CatalogueReport> {
  const catalogue = await readCatalogue(db);
  const tenantTables = catalogue.tables.filter((table) => tenantColumn(table) !== undefined);
  const problems = [
    ...(tenantTables.length === 0 ? ["no table with tenant data was found"] : []),
    ...tenantTables.flatMap((table) => lintTable(table, catalogue)),
    ...tenantTables.filter((table) => !table.isPartition).flatMap((table) => lintCommands(table, catalogue)),
    ...tenantTables.filter((table) => !table.isPartition).flatMap((table) => lintErasable(table, catalogue)),
    ...catalogue.policies.flatMap((policy) => lintPolicy(policy, catalogue)),
    ...lintKeys(catalogue),
    ...lintReferences(catalogue),
    ...lintGrants(catalogue),
    ...lintViews(catalogue),
    ...lintSchemas(catalogue),
    ...(await findRoleProblems(db)),
  ];
  return {
    problems,
    checked: {
      tenantTables: tenantTables.length,
      policies: catalogue.policies.length,
      keys: catalogue.keys.length,
      references: catalogue.references.length,
      roles: BOUND_ROLES.length,
    },
  };
}

/** The column that says whose a row is. */
function tenantColumn(table: Table): string | undefined {
  if (table.name === "tenants") return "id";
  return table.columns.includes("tenant_id") ? "tenant_id" : undefined;
}

function tenantColumnOf(name: string, catalogue: Catalogue): string | undefined {
  const table = catalogue.tables.find((one) => one.name === name);
  return table === undefined ? undefined : tenantColumn(table);
}

const COMMANDS: readonly Command[] = ["select", "insert", "update", "delete"];

function lintTable(table: Table, catalogue: Catalogue): string[] {
  const problems: string[] = [];
  if (!table.security) problems.push(`${table.name} has no row-level security`);
  if (!table.forced) problems.push(`${table.name} does not force row-level security on its owner`);
  if (table.nullable.includes(tenantColumn(table) ?? "")) problems.push(`${table.name} has rows that may belong to no tenant`);
  if (table.isPartition && catalogue.grants.some((grant) => grant.table === table.name)) {
    problems.push(`${table.name} is a partition that can be reached past its table's policies`);
  }
  return problems;
}

const appliesTo = (policy: Policy, command: Command, role: string): boolean =>
  policy.permissive &&
  (policy.command === command || policy.command === "all") &&
  (policy.roles.includes(role) || policy.roles.includes("public"));

/** A policy for every command, and for every role that was granted one. */
function lintCommands(table: Table, catalogue: Catalogue): string[] {
  const policies = catalogue.policies.filter((policy) => policy.table === table.name);
  const missing = COMMANDS.filter((command) => !policies.some((policy) => policy.command === command || policy.command === "all"));
  const problems = missing.map((command) => `${table.name} has no policy for ${command}`);
  for (const { role, privilege } of catalogue.grants.filter((grant) => grant.table === table.name)) {
    const command = COMMANDS.find((one) => one === privilege);
    if (command !== undefined && !policies.some((policy) => appliesTo(policy, command, role))) {
      problems.push(`${table.name} grants ${command} to ${role} without a policy for it`);
    }
  }
  return problems;
}

/** Erasure finds tables by the catalogue and works as the operator: what that role cannot see and delete would outlive its tenant. */
function lintErasable(table: Table, catalogue: Catalogue): string[] {
  const can = (privilege: string): boolean =>
    catalogue.grants.some((grant) => grant.table === table.name && grant.role === "weir_operator" && grant.privilege === privilege);
  return can("select") && can("delete") ? [] : [`${table.name} lets the operator not select and delete: it would outlive its tenant`];
}

/** Roles whose task spans tenants: for them a policy may let every row through. */
const PLATFORM_ROLES: readonly string[] = BOUND_ROLES.filter((role) => role !== "weir_tenant");

function lintPolicy(policy: Policy, catalogue: Catalogue): string[] {
  const where = `the policy ${policy.name} of ${policy.table}`;
  const column = tenantColumnOf(policy.table, catalogue) ?? "tenant_id";
  const problems: string[] = [];
  if (["insert", "update", "all"].includes(policy.command) && policy.check === null) problems.push(`${where} has no WITH CHECK`);
  if (!policy.permissive || policy.roles.every((role) => PLATFORM_ROLES.includes(role))) return problems;
  for (const [clause, text] of [
    ["USING", policy.using],
    ["WITH CHECK", policy.check],
  ] as const) {
    if (text === null || text === "false" || isOwnRow(text, column)) continue;
    problems.push(`${where} does not compare ${column} to the tenant in ${clause}`);
  }
  return problems;
}

/** After RESET the setting is '', not NULL: only nullif makes "no tenant" match no row. More conditions may follow, all of which must hold. */
function isOwnRow(expression: string, column: string): boolean {
  const text = expression.replaceAll("::text", "").replaceAll(/\s+/g, " ");
  const own = `(${column} = NULLIF(current_setting('app.tenant', true), ''))`;
  return text === own || (text.startsWith(`(${own} AND `) && !text.includes(" OR "));
}

/** A key's digest is looked up before its tenant is known; a slug is the tenant's public name. */
const KEYS_ACROSS_TENANTS = new Set(["api_keys_digest_key", "tenants_slug_key"]);

function lintKeys(catalogue: Catalogue): string[] {
  return catalogue.keys.flatMap((key) => {
    const column = tenantColumnOf(key.table, catalogue);
    if (column === undefined || key.columns.includes(column) || KEYS_ACROSS_TENANTS.has(key.name)) return [];
    return [`the unique key ${key.name} of ${key.table} does not contain ${column}: it would tell of another tenant's row`];
  });
}

function lintReferences(catalogue: Catalogue): string[] {
  return catalogue.references.flatMap((one) => {
    const mine = tenantColumnOf(one.table, catalogue);
    const theirs = tenantColumnOf(one.target, catalogue);
    if (theirs === undefined) return [];
    if (mine !== undefined && one.columns.some((column, at) => column === mine && one.targetColumns[at] === theirs)) return [];
    return [`the foreign key ${one.name} of ${one.table} does not tie the tenant: it would accept another tenant's ${one.target}`];
  });
}

function lintGrants(catalogue: Catalogue): string[] {
  return catalogue.grants.flatMap(({ table, role, privilege }) => {
    const isTenantData = tenantColumnOf(table, catalogue) !== undefined;
    if (role === "public") return [`${table} grants ${privilege} to everybody`];
    if (!COMMANDS.some((command) => command === privilege)) return [`${table} grants ${privilege} to ${role}: it is not under policies`];
    if (!isTenantData && role === "weir_tenant" && privilege !== "select" && !catalogue.views.some((view) => view.name === table)) {
      return [`${table} has no tenant_id, yet tenants may ${privilege}: it would carry words between them`];
    }
    return [];
  });
}

/** Jobs are in a schema without policies: they are the operator's alone. */
function lintSchemas(catalogue: Catalogue): string[] {
  return catalogue.schemas
    .filter(({ role }) => role !== "weir_operator")
    .map(({ name, role }) => `the role ${role} may use the schema ${name}, which has no policies`);
}

function lintViews(catalogue: Catalogue): string[] {
  return [
    ...catalogue.views
      .filter((one) => one.kind === "view" && !one.invoker)
      .map((one) => `the view ${one.name} is not security_invoker: it reads as its owner`),
    ...catalogue.views
      .filter((one) => one.kind === "materialised")
      .map((one) => `the materialised view ${one.name} holds rows outside policies`),
    ...catalogue.views.filter((one) => one.kind === "foreign").map((one) => `the foreign table ${one.name} is outside policies`),
    ...catalogue.functions.filter((one) => one.definer).map((one) => `the function ${one.name} is SECURITY DEFINER: it acts as its owner`),
  ];
}
