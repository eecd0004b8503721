import type { Finding } from "./probe.ts";

/** A finding for tests that look at what is made of findings. */
export const finding = (more: Partial<Finding> = {}): Finding => ({
  id: "direct/override-01",
  suite: "direct",
  family: "override",
  severity: "high",
  kind: "attack",
  outcome: "passed",
  blocked: false,
  why: "answered",
  status: 200,
  latencyMs: 5,
  tries: 1,
  ...more,
});
