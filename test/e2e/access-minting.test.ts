import assert from "node:assert/strict";
import { test } from "bun:test";
import { oneModel, startWeir } from "./server.ts";

type Limits = { models?: string[]; rpm?: number; tpm?: number; budgetUsd?: number; expiresAt?: string; role?: string };
const SOON = new Date(Date.now() + 3_600_000).toISOString();
const LATER = new Date(Date.now() + 7_200_000).toISOString();
const MAKER: Limits = { role: "tenant-admin", models: ["m"], rpm: 50, tpm: 50_000, budgetUsd: 5, expiresAt: SOON };
/** Each is one step past the maker in one thing. */
const STRONGER: readonly Limits[] = [
  { models: ["m", "auto-2"] },
  { models: ["extractive"] },
  { rpm: 51 },
  { tpm: 50_001 },
  { budgetUsd: 5.000001 },
  { expiresAt: LATER },
];
const AS_STRONG: Limits = { models: ["m"], rpm: 50, tpm: 50_000, budgetUsd: 5, expiresAt: SOON };
const WEAKER: Limits = { models: [], rpm: 1, tpm: 1, budgetUsd: 0, expiresAt: SOON };

test("nobody makes a key stronger than its own: not by role, models, rates, budget or life, nor by leaving a limit out", async () => {
  const weir = await startWeir({ yaml: oneModel("http://127.0.0.1:9/v1") });
  try {
    const { key } = await weir.tenant("acme", undefined, MAKER);
    await weir.tenant("globex");
    let cases = 0;
    const mint = async (by: string, limits: object, slug = "acme"): Promise<number> => {
      cases++;
      const response = await fetch(`${weir.url}/admin/v1/tenants/${slug}/keys`, {
        method: "POST",
        headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
        body: JSON.stringify({ name: "made", ...limits }),
      });
      return response.status;
    };
    for (const role of ["member", "tenant-admin"]) {
      assert.equal(await mint(key, { ...AS_STRONG, role }), 201, `${role} as strong`);
      assert.equal(await mint(key, { ...WEAKER, role }), 201, `${role} weaker`);
      for (const step of STRONGER) assert.equal(await mint(key, { ...AS_STRONG, ...step, role }), 403, JSON.stringify(step));
      for (const name of ["models", "rpm", "tpm", "budgetUsd", "expiresAt"] as const) {
        const { [name]: _, ...without } = AS_STRONG;
        assert.equal(await mint(key, { ...without, role }), 403, `without ${name}`);
        assert.equal(await mint(key, { ...AS_STRONG, [name]: null, role }), 403, `${name}: null`);
      }
    }
    assert.equal(await mint(key, { ...AS_STRONG, role: "admin" }), 400);
    assert.equal(await mint(key, AS_STRONG, "globex"), 403);
    assert.equal(await mint(key, AS_STRONG, "no-such"), 403);
    // A chain of makers loses strength and never wins it back.
    const weaker = await weir.call<{ key: string }>(
      "POST",
      "/admin/v1/tenants/acme/keys",
      { name: "second", ...AS_STRONG, role: "tenant-admin", rpm: 10 },
      { key },
    );
    assert.equal(await mint(weaker.key, { ...AS_STRONG, rpm: 11 }), 403);
    assert.equal(await mint(weaker.key, { ...AS_STRONG, rpm: 10 }), 201);
    const member = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "third" });
    assert.equal(await mint(member.key, {}), 403);
    // The control: for a maker without limits the same asks are no more than its own.
    const free = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "free", role: "tenant-admin" });
    for (const step of STRONGER) assert.equal(await mint(free.key, { ...AS_STRONG, ...step }), 201);
    console.log(`# minting: ${cases} cases, ${STRONGER.length} of them the control`);
  } finally {
    await weir.close();
  }
});
