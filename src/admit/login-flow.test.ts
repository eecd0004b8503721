import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { REFETCH_MS_MIN } from "./issuer-keys.ts";
import { createLoginFlow } from "./login-flow.ts";

const ISSUER = "https://login.test";
const DESCRIPTION = { issuer: ISSUER, authorization_endpoint: `${ISSUER}/authorize`, token_endpoint: `${ISSUER}/token` };
const secrets = { state: "s", nonce: "n", verifier: "v" };

function createWorld() {
  const clock = createFakeClock(0);
  const world = { clock, asked: 0, isAway: true };
  const fetchDocument = () => {
    world.asked++;
    return world.isAway ? Promise.reject(new Error("away")) : Promise.resolve(DESCRIPTION);
  };
  const issuer = {
    issuer: ISSUER,
    audience: "weir",
    clockSkewSeconds: 60,
    ownDocumentsOnly: false,
    algorithms: ["RS256"],
    claims: {
      tenant: "tenant",
      role: "role",
      team: "team",
      region: "region",
      groups: "groups",
      clearance: "clearance",
      jurisdiction: "jurisdiction",
    },
    roles: {},
    console: { clientId: "console", scopes: [] },
  };
  const flow = createLoginFlow({ fetchDocument, postForm: () => Promise.reject(new Error("not asked")), clock }, [issuer]);
  const begin = (of = ISSUER) =>
    flow.begin(of, "https://weir.test/console/login/callback", secrets).then(
      () => "sent",
      (error: unknown) => Fault.from(error).code,
    );
  return { world, begin };
}

test("an issuer is asked once however many begin to sign in, and one that is away not again for a while", async () => {
  const { world, begin } = createWorld();
  const codes = await Promise.all(Array.from({ length: 50 }, () => begin()));
  assert.deepEqual(new Set(codes), new Set(["issuer_unavailable"]));
  for (let each = 0; each < 50; each++) assert.equal(await begin(), "issuer_unavailable");
  assert.equal(world.asked, 1);
  world.isAway = false;
  world.clock.advance(REFETCH_MS_MIN);
  for (let each = 0; each < 50; each++) assert.equal(await begin(), "sent");
  assert.equal(world.asked, 2);
  assert.equal(await begin("https://nobody.test"), "not_found");
  assert.equal(world.asked, 2);
  console.log("# logins: 150 begun, their issuer asked 2 times");
});
