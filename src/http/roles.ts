import { PERMISSIONS, ROLE_PERMISSIONS } from "../admit/index.ts";
import { roleList } from "../contract/directory.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

const TENANT: ReadonlySet<string> = new Set(["tenant-admin", "member"]);

/** What each role may do, from the tables that requests are held to. */
export function roles(allEndpoints: () => readonly Endpoint[]): Endpoint {
  return noted(
    platformEndpoint("GET", "/admin/v1/roles", "tenants.read", () => {
      const data = Object.entries(ROLE_PERMISSIONS).map(([role, permissions]) => ({
        role,
        of: TENANT.has(role) ? "tenant" : "platform",
        permissions: [...permissions],
      }));
      const permissions = Object.entries(PERMISSIONS).map(([name, about]) => ({
        name,
        about,
        routes: allEndpoints()
          .filter(({ allow }) => allow === name)
          .map(({ method, path }) => `${method} ${path.replace("{.+}", "")}`),
      }));
      return Response.json({ data, permissions });
    }),
    { summary: "Roles and what each may do, as the server enforces it", answer: roleList },
  );
}
