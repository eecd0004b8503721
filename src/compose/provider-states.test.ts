import { test } from "bun:test";
import assert from "node:assert/strict";
import { createProviderSwitch } from "../admin/index.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { createDecisionLog } from "../record/index.ts";
import { findLastChange, listChangesSince } from "../store/changes.ts";
import { listProvidersOut } from "../store/provider-states.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";
import { silentLog } from "../telemetry/index.ts";
import { createChangeHearers } from "./change-hearers.ts";
import { followProviders } from "./provider-states.ts";

const SECRET = new Uint8Array(32).fill(3);

for (const engine of listTestEngines()) {
  test(`a switch in one process is heard of by another with its next look at the changes (${engine})`, async () => {
    const db = await openTestDatabase({ engine });
    const clock = createFakeClock(Date.UTC(2026, 10, 1));
    const read = () => listProvidersOut(db);
    const here = followProviders({ read, log: silentLog });
    const there = followProviders({ read, log: silentLog });
    const hearers = createChangeHearers();
    const heard: Promise<void>[] = [];
    hearers.add({
      changed({ kind }) {
        if (kind === "provider") heard.push(there.refresh());
      },
    });
    const feed = hearers.listen({ newest: () => findLastChange(db), since: (seq) => listChangesSince(db, seq) });
    let seq = await feed.newest();
    /** As a process looks every second. */
    const look = async (): Promise<void> => {
      for (const change of await feed.since(seq)) seq = change.seq;
      await Promise.all(heard);
    };
    const decisions = createDecisionLog({ db, clock, log: silentLog, secret: SECRET, findTenantId: async () => undefined });
    const toggles = createProviderSwitch({
      nowMs: clock.nowMs,
      decisions,
      isProvider: (name) => name === "gpu",
      switched: here.take,
    });
    const admin = { kind: "admin", role: "admin" } as const;
    let switches = 0;
    for (const state of ["draining", "disabled", "on", "draining"] as const) {
      await toggles.set(admin, "gpu", state, "a reason");
      const wanted = state === "on" ? undefined : state;
      assert.equal(here.of("gpu")?.state, wanted, "at once where it was asked for");
      await look();
      assert.equal(there.of("gpu")?.state, wanted, "elsewhere with the next look");
      switches++;
    }
    await assert.rejects(toggles.set(admin, "none", "draining", ""), /no provider of this name/);
    assert.equal((await decisions.verifyDecisions(undefined)).ok, true);
    console.log(`# providers on ${engine}: ${switches} switches heard of by another process`);
    await db.close();
  });
}
