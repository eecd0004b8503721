import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Change } from "../admit/index.ts";
import { tenantIds } from "../kernel/ids.ts";
import { createChangeHearers, listHearers } from "./change-hearers.ts";

const tenantId = tenantIds.make(0);
const KINDS = ["tenant", "key", "subject", "policy"] as const;
const change = (kind: Change["kind"], seq = 1) => ({ kind, seq, tenantId, id: "x" });

/** The real list, with names of who was called in place of the work. */
function hear() {
  const called: string[] = [];
  const call = (name: string) => (): void => void called.push(name);
  const parties = {
    authenticator: { invalidate: call("authenticator") },
    endUsers: { forget: call("end users"), forgetAll: call("all end users") },
    approvedRoutes: { refresh: async () => call("routes")() },
    erasures: { kick: call("erasures") },
  };
  const hearers = createChangeHearers();
  hearers.add(...listHearers(parties));
  const taken = (): readonly string[] => called.splice(0);
  return { hearers, taken };
}

test("of a change made here every cache hears; the erasure that tells of one is not begun again by it", () => {
  const { hearers, taken } = hear();
  for (const kind of KINDS) {
    hearers.tell(change(kind));
    assert.deepEqual(taken(), ["authenticator", "end users", ...(kind === "policy" ? ["routes"] : [])], kind);
  }
});

test("of what the feed tells everybody hears what is theirs, and the authenticator, which reads it itself, hears it once", async () => {
  const { hearers, taken } = hear();
  const pages = KINDS.map((kind, at) => [change(kind, at)]);
  const feed = hearers.listen({ newest: async () => 7, since: async () => pages.shift() ?? [] });
  const expected = { tenant: ["erasures"], key: [], subject: ["erasures"], policy: ["routes"] };
  for (const kind of KINDS) {
    assert.deepEqual(
      (await feed.since(0)).map((each) => each.kind),
      [kind],
    );
    assert.deepEqual(taken(), ["end users", ...expected[kind]], kind);
  }
  assert.deepEqual([await feed.since(0), taken()], [[], []]);
  console.log(`# changes: ${KINDS.length} kinds, from here and from the feed`);
});

test("after a gap everything that was kept is forgotten, and routes are read anew", async () => {
  const { hearers, taken } = hear();
  const feed = hearers.listen({ newest: async () => 7, since: async () => [] });
  assert.equal(await feed.newest(), 7);
  assert.deepEqual(taken(), ["all end users", "routes"]);
});
