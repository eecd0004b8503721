import assert from "node:assert/strict";
import { test } from "bun:test";
import { loadIn, problemsOf } from "./testing.ts";

const yaml = (entry: string): string => `auth:\n  oidc:\n    - { ${entry} }\n`;

test("an issuer needs its address and audience, and gets safe defaults for the rest", async () => {
  const { auth } = await loadIn({ yaml: yaml("issuer: https://login.example.com, audience: weir") });
  const [entry] = auth.oidc;
  assert.ok(entry !== undefined);
  assert.equal(entry.clockSkewSeconds, 30);
  assert.deepEqual(entry.claims, {
    tenant: "tenant",
    role: "role",
    team: "team",
    region: "region",
    groups: "groups",
    clearance: "clearance",
    jurisdiction: "jurisdiction",
  });
  // Nobody is of the platform unless the operator says who.
  assert.deepEqual(entry.roles, { member: "member", "tenant-admin": "tenant-admin" });
  assert.ok(entry.algorithms.every((algorithm) => !/^HS|none/i.test(algorithm)));
  assert.deepEqual((await loadIn({})).auth, { oidc: [] });
});

test("no setting allows unsigned tokens or ones signed by a shared secret", async () => {
  for (const algorithm of ["none", "HS256", "HS384", "HS512"]) {
    const [problem = ""] = await problemsOf({
      yaml: yaml(`issuer: https://login.example.com, audience: weir, algorithms: [${algorithm}]`),
    });
    assert.match(problem, /weir\.yaml:3:\d+ auth\.oidc\[0\]\.algorithms\[0\]: expected one of RS256/);
  }
});

test("what would let keys be exchanged, or leave it open which entry is meant, does not start", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["issuer: http://login.example.com, audience: weir", /http:\/\/ can be exchanged/],
    ["issuer: login, audience: weir", /expected an address/],
    ["issuer: https://me:pw@login.example.com, audience: weir", /may not hold a user or password/],
    ["issuer: https://login.example.com, audience: weir, jwksUri: http://keys.example.com", /jwksUri.*exchanged/],
    ["issuer: https://login.example.com", /audience.*missing/],
    ["issuer: https://login.example.com, audience: weir, clockSkewSeconds: 301", /clockSkewSeconds/],
    ["issuer: https://login.example.com, audience: weir, roles: { x: root }", /expected one of viewer/],
    ["issuer: https://a.example, audience: w }\n    - { issuer: https://a.example, audience: v", /stands here twice/],
  ];
  for (const [entry, expected] of cases) {
    const problems = await problemsOf({ yaml: yaml(entry) });
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `${entry}: ${problems.join(" ")}`,
    );
    assert.ok(!problems.join("").includes("me:pw"));
  }
  // The control: this machine's own, as in tests.
  assert.deepEqual(await problemsOf({ yaml: yaml("issuer: 'http://127.0.0.1:9000', audience: weir") }), []);
});
