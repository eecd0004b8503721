import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ServiceLevel } from "../../domain/service-level.ts";
import type { Plan, Target } from "../../domain/target.ts";
import { testChat } from "../../domain/testing.ts";
import type { Router } from "../plan.ts";
import { EXTRACTIVE } from "../targets.ts";
import { createServedPlan } from "./served-plan.ts";

const big: Target = { ...EXTRACTIVE, model: "big", kind: "openai" };
type Wanted = Parameters<Router["plan"]>[0];
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these fields are read
const wanted = (model: string) => ({ chat: testChat({ model }) }) as unknown as Wanted;

function run(level: ServiceLevel, model: string, targets: readonly Target[]) {
  const asked: Wanted[] = [];
  const plan = (given: Wanted): Plan => {
    asked.push(given);
    return { targets, candidates: [], policyHash: "" };
  };
  const served = createServedPlan({ level: () => level, reduced: ["small", "tiny"], isRoute: (name) => name === "auto" }, { plan });
  const { service, targets: planned } = served.plan(wanted(model));
  return { service, targets: planned.map((target) => target.model), ahead: asked[0]?.ahead?.map((each) => each.model) };
}

test("full service plans as ever, and so does a call that names its model, at every level", () => {
  assert.deepEqual(run("full", "auto", [big]), { service: undefined, targets: ["big"], ahead: undefined });
  assert.deepEqual(run("emergency", "big", [big, EXTRACTIVE]), { service: undefined, targets: ["big", "extractive"], ahead: undefined });
});

test("reduced puts the smaller models first, and the call says so", () => {
  assert.deepEqual(run("reduced", "auto", [big, EXTRACTIVE]), {
    service: "reduced",
    targets: ["big", "extractive"],
    ahead: ["small", "tiny"],
  });
});

test("below full service no answer is judged and no call copied", () => {
  const plan = (): Plan => ({ targets: [big], candidates: [], policyHash: "", gate: { kind: "form" }, shadow: "other" });
  const at = (level: ServiceLevel) => {
    const { gate, shadow } = createServedPlan({ level: () => level, reduced: [], isRoute: () => true }, { plan }).plan(wanted("auto"));
    return [gate?.kind, shadow];
  };
  assert.deepEqual(
    [at("full"), at("reduced"), at("emergency")],
    [
      ["form", "other"],
      [undefined, undefined],
      [undefined, undefined],
    ],
  );
});

test("in an emergency the documents answer where they are asked, and the smaller models where not", () => {
  assert.deepEqual(run("emergency", "auto", [big, EXTRACTIVE]).targets, ["extractive"]);
  assert.deepEqual(run("emergency", "auto", [big]).targets, ["big"]);
});
