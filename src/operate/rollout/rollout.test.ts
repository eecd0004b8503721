import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import type { RolloutMark, RolloutVariant } from "../../domain/rollout.ts";
import { createFakeClock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { processIds } from "../../kernel/ids.ts";
import { createDecisionLog } from "../../record/index.ts";
import { shareOf, variantOf } from "../../route/index.ts";
import type { Database } from "../../store/database.ts";
import { PLATFORM_CHAIN } from "../../store/decisions.ts";
import { getRollout, listMoves, type RolloutRecord } from "../../store/rollouts.ts";
import { openTestDatabase } from "../../store/testing.ts";
import { createRolloutController, type RolloutController } from "./controller.ts";
import { createRolloutMoves, type RolloutDraft, type RolloutMoves } from "./moves.ts";
import { LOOK_EVERY_MS, SETTLE_MS } from "./spec.ts";

const db = await openTestDatabase();
afterAll(() => db.close());
const admin = { kind: "admin", role: "admin" } as const;
const NOON = 1_800_000_000_000;
const SECRET = new Uint8Array(32);

type Replica = { readonly controller: RolloutController; readonly moves: RolloutMoves };
type World = {
  readonly replicas: readonly Replica[];
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly released: string[];
  /** The database does not answer, or a release is refused. */
  readonly broken: { database: boolean; release: boolean };
  look(): Promise<void>;
  now(rollout: RolloutRecord): Promise<RolloutRecord>;
};

/** Processes with one database and one clock. */
function openWorld(replicaCount: number): World {
  const clock = createFakeClock(NOON);
  const broken = { database: false, release: false };
  const released: string[] = [];
  const tell = (): void => undefined;
  const log = { info: tell, warn: tell, error: tell };
  const away: Database = {
    ...db,
    query: (...asked) => (broken.database ? Promise.reject(new Fault("store_unavailable")) : db.query(...asked)),
  };
  const decisions = createDecisionLog({ db, clock, log, secret: SECRET, findTenantId: () => Promise.resolve(undefined) });
  const replicas = Array.from({ length: replicaCount }, (): Replica => {
    const deps = {
      db: away,
      clock,
      decisions,
      processId: processIds.make(NOON),
      log,
      moved: tell,
      prepare: () => Promise.resolve(),
      versions: {
        checkStart: () => Promise.resolve(`subject ${String(subjects++)}`),
        release() {
          if (broken.release) throw new Fault("conflict");
          released.push("release");
          return Promise.resolve(undefined);
        },
        released: () => Promise.resolve(),
      },
    };
    const moves = createRolloutMoves(deps);
    return { moves, controller: createRolloutController(deps, moves) };
  });
  return {
    replicas,
    clock,
    released,
    broken,
    async look() {
      for (const { controller } of replicas) await controller.look();
    },
    now: (rollout) => getRollout(db, rollout.ownerId, rollout.id),
  };
}
let subjects = 0;

const DRAFT: RolloutDraft = {
  change: { kind: "model", model: "old", to: "new" },
  unit: "end-user",
  steps: [5, 20, 50, 100],
  gates: { callsMin: 40, stepSeconds: 0, failuresAbove: 0.02, latencyRatio: 1.5, costRatio: 1.25, scoreBelow: 0.05 },
};
const begin = (world: World, draft: Partial<RolloutDraft> = {}): Promise<RolloutRecord> => {
  const [first] = world.replicas;
  assert.ok(first);
  return first.moves.start(admin, PLATFORM_CHAIN, { ...DRAFT, ...draft });
};

type Fails = (variant: RolloutVariant, user: number) => boolean;
/** Calls of 4,000 users, spread over the replicas; what each got. */
function ask(world: World, rollout: RolloutRecord, from: number, count: number, fails: Fails): Map<number, Set<RolloutVariant>> {
  const got = new Map<number, Set<RolloutVariant>>();
  for (let at = from; at < from + count; at++) {
    const { controller } = world.replicas[at % world.replicas.length] ?? assert.fail();
    const mine = controller.inForce.find(({ id }) => id === rollout.id);
    if (mine === undefined) continue;
    const user = (at * 7919) % 4000;
    const share = shareOf(mine, world.clock.nowMs());
    const variant = variantOf(mine, `user ${String(user)}`, world.clock.nowMs());
    const mark: RolloutMark = { id: mine.id, variant, share };
    controller.count(mark, { failed: fails(variant, at), latencyMs: 100 + (at % 50), costMicroUsd: 10 + (at % 7) });
    got.set(user, (got.get(user) ?? new Set()).add(variant));
  }
  return got;
}

test("a healthy rollout reaches everybody by itself, over two replicas that agree, and nobody flips", async () => {
  const world = openWorld(2);
  const rollout = await begin(world);
  await world.look();
  const [one, two] = world.replicas;
  const candidates = new Set<number>();
  let asked = 0;
  for (let round = 0; round < 200 && (await world.now(rollout)).state === "running"; round++) {
    const got = ask(world, rollout, asked, 200, () => false);
    asked += 200;
    for (const [user, variants] of got) {
      assert.equal(variants.size, 1, "two replicas gave one user two variants");
      if (variants.has("candidate")) candidates.add(user);
      else assert.ok(!candidates.has(user), "flipped back");
    }
    world.clock.advance(LOOK_EVERY_MS);
    await world.look();
    const shares = [one, two].map((each) =>
      each?.controller.inForce.filter(({ id }) => id === rollout.id).map((found) => shareOf(found, world.clock.nowMs())),
    );
    assert.deepEqual(shares[0], shares[1]);
  }
  const done = await world.now(rollout);
  assert.equal(done.state, "finished");
  assert.deepEqual(world.released, ["release"]);
  const moves = await listMoves(db, done.ownerId, done.id);
  assert.deepEqual(
    moves.map(({ act, share, by }) => [act, share, by]),
    [
      ["start", 5, "admin-key"],
      ["promote", 20, "server"],
      ["promote", 50, "server"],
      ["promote", 100, "server"],
      ["finish", 100, "server"],
    ],
  );
  console.log(`# healthy: ${String(asked)} calls over 2 replicas, ${String(candidates.size)} users moved, 0 flipped`);
});

test("a regression is rolled back by itself, and all go back", async () => {
  const world = openWorld(2);
  const rollout = await begin(world);
  await world.look();
  let asked = 0;
  let touched = 0;
  while ((await world.now(rollout)).state === "running" && asked < 20_000) {
    const got = ask(world, rollout, asked, 200, (variant, at) => variant === "candidate" && at % 3 === 0);
    asked += 200;
    touched += [...got.values()].filter((variants) => variants.has("candidate")).length;
    world.clock.advance(LOOK_EVERY_MS);
    await world.look();
  }
  const back = await world.now(rollout);
  assert.equal(back.state, "rolled-back");
  // Five in a hundred of the calls that it would have had to be found in.
  assert.ok(touched <= 20_000 * 0.05, `${String(touched)} of ${String(asked)}`);
  await world.look();
  for (const { controller } of world.replicas) assert.ok(controller.inForce.every(({ id }) => id !== rollout.id));
  const last = (await listMoves(db, back.ownerId, back.id)).at(-1);
  assert.deepEqual([last?.act, last?.reason, last?.by, last?.share], ["rollback", "failures", "server", 0]);
  assert.ok((last?.compared[0]?.candidate ?? 0) > 0.15);
  console.log(`# regression: rolled back after ${String(asked)} calls, ${String(touched)} touched`);
});

test("two replicas that decide at one moment make one move", async () => {
  const world = openWorld(2);
  const rollout = await begin(world);
  world.clock.advance(SETTLE_MS);
  await world.look();
  ask(world, rollout, 0, 4000, () => false);
  await world.look();
  const at = await world.now(rollout);
  await Promise.all(world.replicas.map(({ moves }) => moves.decide(at, { act: "promote", reason: "passed", compared: [] })));
  assert.equal((await world.now(rollout)).step, at.step + 1);
});

test("a share counts on every replica from one moment on", async () => {
  const world = openWorld(2);
  const rollout = await begin(world);
  const sharesNow = () =>
    world.replicas.map(({ controller }) => {
      const found = controller.inForce.find(({ id }) => id === rollout.id);
      return found === undefined ? 0 : shareOf(found, world.clock.nowMs());
    });
  // One replica has looked, the other has not yet.
  await world.replicas[0]?.controller.look();
  assert.deepEqual(sharesNow(), [0, 0]);
  world.clock.advance(LOOK_EVERY_MS);
  await world.look();
  world.clock.advance(SETTLE_MS - LOOK_EVERY_MS - 1);
  assert.deepEqual(sharesNow(), [0, 0]);
  world.clock.advance(1);
  assert.deepEqual(sharesNow(), [5, 5]);
});

test("by hand: paused it stays where it is, resumed it goes on, promoted and rolled back it moves at once", async () => {
  const world = openWorld(1);
  const rollout = await begin(world);
  const [{ moves, controller } = assert.fail()] = world.replicas;
  const hand = (act: Parameters<RolloutMoves["move"]>[2]) => moves.move(admin, rollout, act, "by hand");
  world.clock.advance(SETTLE_MS);
  await world.look();
  assert.equal((await hand("pause")).state, "paused");
  ask(world, rollout, 0, 4000, (variant) => variant === "candidate");
  await controller.look();
  assert.equal((await world.now(rollout)).state, "paused", "what is paused is not judged");
  assert.equal((await hand("resume")).state, "running");
  const next = await hand("promote");
  assert.deepEqual([next.step, next.stepAtMs], [1, world.clock.nowMs() + SETTLE_MS]);
  assert.equal((await hand("rollback")).state, "rolled-back");
  for (const act of ["promote", "pause", "resume", "rollback"] as const)
    await assert.rejects(hand(act), (error: Fault) => error.code === "conflict");
});

test("a release that is refused pauses the rollout instead of ending it", async () => {
  const world = openWorld(1);
  const rollout = await begin(world, { steps: [50, 100] });
  const [{ moves } = assert.fail()] = world.replicas;
  await moves.move(admin, rollout, "promote", "by hand");
  world.clock.advance(SETTLE_MS);
  await world.look();
  world.broken.release = true;
  const { controller } = world.replicas[0] ?? assert.fail();
  // Everybody has it: what it is compared with is what others had before.
  for (let at = 0; at < 40; at++)
    controller.count({ id: rollout.id, variant: "baseline", share: 50 }, { failed: false, latencyMs: 100, costMicroUsd: 13 });
  ask(world, rollout, 0, 200, () => false);
  await world.look();
  assert.equal((await world.now(rollout)).state, "paused");
  assert.equal((await listMoves(db, rollout.ownerId, rollout.id)).at(-1)?.reason, "release-refused");
});

test("with the database away a process stops a candidate that fails, and says so when it is back", async () => {
  const world = openWorld(1);
  const rollout = await begin(world);
  const [{ controller } = assert.fail()] = world.replicas;
  world.clock.advance(SETTLE_MS);
  await world.look();
  world.broken.database = true;
  ask(world, rollout, 0, 4000, (variant) => variant === "candidate");
  await assert.rejects(controller.look(), (error: Fault) => error.code === "store_unavailable");
  assert.ok(
    controller.inForce.every(({ id }) => id !== rollout.id),
    "nobody gets it here any more",
  );
  assert.equal((await world.now(rollout)).state, "running");
  world.broken.database = false;
  await controller.look();
  assert.equal((await world.now(rollout)).state, "rolled-back");
});

test("every move is in the log of decisions, and the log verifies", async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const decisions = createDecisionLog({
    db,
    clock: createFakeClock(NOON),
    log,
    secret: SECRET,
    findTenantId: () => Promise.resolve(undefined),
  });
  const verdict = await decisions.verifyDecisions(undefined);
  assert.equal(verdict.ok, true);
  const { data } = await decisions.listDecisions(undefined, { category: "configuration", limit: 100 });
  const actions = new Set(data.map(({ action }) => action));
  for (const word of ["start", "promote", "finish", "rollback", "pause", "resume"]) assert.ok(actions.has(`rollout.${word}`), word);
});
