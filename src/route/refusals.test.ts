import assert from "node:assert/strict";
import { test } from "bun:test";
import type { FellReason, Target } from "../domain/target.ts";
import { noTarget } from "./refusals.ts";
import { EXTRACTIVE } from "./targets.ts";

const target = (model: string): Target => ({ ...EXTRACTIVE, model, kind: "openai" });
const of = (...fell: FellReason[]) => noTarget(fell.map((reason, at) => ({ target: target(`m${at}`), fell: reason })));

test("a request with an image that no model reads says so, names the field, and where to look", () => {
  const { code, detail } = of("capability-images", "capability-images");
  assert.deepEqual([code, detail.param], ["body_invalid", "messages"]);
  assert.match(detail.say ?? "", /holds an image, and no model that may serve it reads images: m0, m1\..*GET \/v1\/models/);
  // Where another reason is among them, leaving the image out may not help.
  assert.match(of("capability-images", "trust").detail.say ?? "", /m0 \(capability-images\), m1 \(trust\)/);
  assert.equal(of("capability-tools").detail.param, undefined);
});
