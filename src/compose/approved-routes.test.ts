import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ApprovedRoutes } from "../config/index.ts";
import { silentLog } from "../telemetry/index.ts";
import { followApprovedRoutes } from "./approved-routes.ts";

const toA: ApprovedRoutes = { auto: [{ use: ["a"] }] };
const toB: ApprovedRoutes = { auto: [{ use: ["b"] }] };

test("what is approved here or elsewhere counts, once; where the database is away what was known stays", async () => {
  const stored: { routes: ApprovedRoutes | undefined } = { routes: toA };
  const heard: ApprovedRoutes[] = [];
  const followed = followApprovedRoutes(
    {
      read: () => (stored.routes === undefined ? Promise.reject(new Error("away")) : Promise.resolve(stored.routes)),
      log: silentLog,
    },
    {},
  );
  followed.onChange(() => heard.push(followed.current));
  followed.take(toA);
  await followed.refresh();
  assert.deepEqual(heard, [toA]);
  stored.routes = undefined;
  await followed.refresh();
  assert.deepEqual(followed.current, toA);
  stored.routes = toB;
  await followed.refresh();
  assert.deepEqual(heard, [toA, toB]);
});

test("what was approved before anybody listened is told to who does", () => {
  const followed = followApprovedRoutes({ read: () => Promise.resolve(toA), log: silentLog }, {});
  followed.take(toA);
  let told = 0;
  followed.onChange(() => told++);
  assert.equal(told, 1);
  const unchanged = followApprovedRoutes({ read: () => Promise.resolve(toA), log: silentLog }, toA);
  unchanged.onChange(() => told++);
  assert.equal(told, 1);
});
