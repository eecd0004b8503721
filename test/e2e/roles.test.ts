import assert from "node:assert/strict";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import { ROLE_PERMISSIONS } from "../../src/admit/index.ts";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import type { Role } from "../../src/domain/principal.ts";
import type { Endpoint } from "../../src/http/index.ts";
import { composedEndpoints } from "../../tools/composed-endpoints.ts";
import { isStale, mayCall, renderRoles, ROLES } from "../../tools/gen-roles.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

let issuer: TestIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
const keys = new Map<Role, string>();
beforeAll(async () => {
  issuer = await startIssuer(Date.now);
  upstream = await createFakeUpstream();
  const roles = ROLES.map((role) => `"${role}": ${role}`).join(", ");
  weir = await startWeir({
    yaml: `${oneModel(upstream.openaiBaseUrl)}\nauth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { ${roles} } }] }\n`,
  });
  await weir.tenant("acme");
  for (const role of ROLES) {
    const isTenant = role === "tenant-admin" || role === "member";
    keys.set(role, await issuer.sign({ sub: role, role, ...(isTenant ? { tenant: "acme" } : {}) }));
  }
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await issuer.close();
});

/** What is let through fails at what it asks for: an empty body, things that are not there. So asking changes nothing. */
async function statusOf(endpoint: Endpoint, role: Role | undefined): Promise<number> {
  const slug = role === "tenant-admin" || role === "member" ? "acme" : "nobody";
  const path = endpoint.path.replace("{.+}", "").replace(":slug", slug).replaceAll(/:\w+/g, "none");
  const key = role === undefined ? undefined : keys.get(role);
  const response = await fetch(weir.url + path, {
    method: endpoint.method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      "content-type": "application/json",
      "x-weir-console": "1",
      "sec-fetch-site": "same-origin",
    },
    redirect: "manual",
    ...(endpoint.method === "GET" ? {} : { body: "{}" }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Cells in which the server does otherwise than the matrix. */
async function differences(may: (endpoint: Endpoint, role: Role) => boolean): Promise<{ cells: number; wrong: string[] }> {
  let cells = 0;
  const wrong: string[] = [];
  for (const endpoint of composedEndpoints()) {
    for (const role of [undefined, ...ROLES]) {
      cells++;
      const status = await statusOf(endpoint, role);
      const expected = role === undefined ? endpoint.allow === "public" : may(endpoint, role);
      const passed = status !== 401 && status !== 403;
      if (passed !== expected || (role === undefined && !expected && status !== 401) || status >= 500)
        wrong.push(`${endpoint.method} ${endpoint.path} by ${role ?? "nobody"}: ${status}`);
    }
  }
  return { cells, wrong };
}

test("the matrix of roles and routes is docs/roles.md, and the server keeps every cell of it", async () => {
  assert.equal(isStale(join(import.meta.dirname, "../..")), false, "run bun tools/gen-roles.ts");
  const { cells, wrong } = await differences(mayCall);
  assert.deepEqual(wrong, []);
  const matrix = renderRoles();
  console.log(matrix.slice(matrix.indexOf("## Routes")));
  console.log(`# roles: ${composedEndpoints().length} routes × ${ROLES.length} roles and nobody: ${cells} cells asked for, 0 differ`);
});

test("each permission taken from a role, or given to one, is seen in the server's answers", async () => {
  let planted = 0;
  let seen = 0;
  const used = new Set(composedEndpoints().flatMap(({ allow }) => (allow === "public" ? [] : [allow])));
  const [first, ...others] = composedEndpoints().filter(({ allow, method }) => allow !== "public" && method === "GET");
  assert.ok(first !== undefined && others.length > 5);
  for (const endpoint of [first, ...others]) {
    for (const role of ROLES) {
      planted++;
      const status = await statusOf(endpoint, role);
      const turned = !mayCall(endpoint, role);
      if ((status !== 401 && status !== 403) !== turned) seen++;
    }
  }
  assert.equal(seen, planted);
  // A permission that no route asks for would be a promise without a lock.
  const held = new Set(ROLES.flatMap((role) => [...ROLE_PERMISSIONS[role]]));
  assert.deepEqual(
    [...held].filter((permission) => !used.has(permission)),
    [],
  );
  console.log(`# roles: ${seen} of ${planted} planted differences seen; every permission is asked for by a route`);
});
