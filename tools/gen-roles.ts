import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PERMISSIONS, ROLE_PERMISSIONS } from "../src/admit/index.ts";
import type { Role } from "../src/domain/principal.ts";
import type { Endpoint } from "../src/http/index.ts";
import { composedEndpoints } from "./composed-endpoints.ts";

/** docs/roles.md, from the server's own tables of routes and permissions. `bun tools/gen-roles.ts` writes it. */

export const ROLES = ["viewer", "prompter", "engineer", "admin", "tenant-admin", "member"] as const satisfies readonly Role[];
const TENANT: ReadonlySet<Role> = new Set(["tenant-admin", "member"]);

/** May this role call it at all? Tenants apart, and what a handler asks beyond. */
export function mayCall(endpoint: Endpoint, role: Role): boolean {
  if (endpoint.allow === "public") return true;
  return ROLE_PERMISSIONS[role].has(endpoint.allow) && (endpoint.of === "platform" || TENANT.has(role));
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const mark = (may: boolean): string => (may ? "✓" : "·");
const HEAD = [row(["", "", ...ROLES]), row(["---", "---", ...ROLES.map(() => ":-:")])];

export function renderRoles(endpoints: readonly Endpoint[] = composedEndpoints()): string {
  const routes = endpoints.map((endpoint) =>
    row([
      `\`${endpoint.method} ${endpoint.path.replace("{.+}", "")}\``,
      endpoint.allow,
      ...ROLES.map((role) => mark(mayCall(endpoint, role))),
    ]),
  );
  const permissions = Object.entries(PERMISSIONS).map(([name, about]) =>
    row([`\`${name}\``, about, ...ROLES.map((role) => mark([...ROLE_PERMISSIONS[role]].some((each) => each === name)))]),
  );
  return `# Roles

Made by \`bun tools/gen-roles.ts\` from the server's table of routes; a test holds a running server to every cell.
What the roles are for, and who gets which, is in [identity](identity.md).

\`viewer\`, \`prompter\`, \`engineer\` and \`admin\` are of the platform and have no tenant, so none of them reaches a tenant's chats, files or
collections. \`tenant-admin\` and \`member\` are of one tenant and reach no other. A route that names no permission does not compile.

## Permissions

\`own\`: on the caller's own tenant. \`named\`: on the tenant that the request names, which for a tenant's roles is their own. \`platform\`: on all.

${[...HEAD, ...permissions].join("\n")}

## Routes

${[...HEAD, ...routes].join("\n")}
`;
}

const PATH = "docs/roles.md";
export const isStale = (root: string): boolean => {
  try {
    return readFileSync(join(root, PATH), "utf8") !== renderRoles();
  } catch {
    return true;
  }
};

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, "..", PATH), renderRoles());
  console.log(`written: ${PATH}`);
}
