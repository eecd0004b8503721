import { NAMED, PLATFORM, type Row } from "./access-row.ts";
import { json, type World } from "./access-world.ts";

export const REPORT = {
  schemaVersion: 1,
  version: "0.1.0",
  startedAt: "2026-11-21T10:00:00.000Z",
  durationMs: 1000,
  target: "http://127.0.0.1:8080",
  model: "auto",
  judge: null,
  seed: 1,
  suites: ["direct"],
  notes: [],
  totals: { probes: 2, passed: 1, failed: 1, inconclusive: 0, blocked: 1 },
  families: [
    {
      suite: "direct",
      family: "override",
      kind: "attack",
      severity: "high",
      probes: 2,
      passed: 1,
      failed: 1,
      inconclusive: 0,
      blocked: 1,
      blockRate: { count: 1, total: 2, low: 0.1, high: 0.9 },
      failRate: { count: 1, total: 2, low: 0.1, high: 0.9 },
    },
  ],
  latency: { count: 2, p50Ms: 1, p90Ms: 2, p99Ms: 2, maxMs: 2 },
  gates: [{ name: "direct", limit: 0.05, isRate: true, value: 0.5, counted: 2, ok: false }],
  failed: [
    {
      id: "direct/override/1",
      suite: "direct",
      family: "override",
      severity: "high",
      kind: "attack",
      why: "It said the word.",
      status: 200,
    },
  ],
};
const newReport = async ({ weir }: World): Promise<string> =>
  (await weir.call<{ id: string }>("POST", "/admin/v1/redteam/reports", REPORT)).id;

/** What the rules for content would do, what they are, and what they did. */
export const GUARD_ROWS: Readonly<Record<string, Row>> = {
  "POST /admin/v1/guard/try": {
    status: NAMED(200),
    make: () => ({ path: "/admin/v1/guard/try", init: json({ tenant: "acme", text: "Write to ada@example.com" }) }),
  },
  "GET /admin/v1/tenants/:slug/guard": { status: NAMED(200), make: () => ({ path: "/admin/v1/tenants/acme/guard" }) },
  "GET /admin/v1/guard/events": { status: NAMED(200), make: () => ({ path: "/admin/v1/guard/events?tenant=acme" }) },
  "GET /admin/v1/guard/keys": { status: NAMED(200), make: () => ({ path: "/admin/v1/guard/keys?tenant=acme" }) },
  "GET /admin/v1/guard/days": { status: NAMED(200), make: () => ({ path: "/admin/v1/guard/days?tenant=acme" }) },
  "POST /admin/v1/redteam/reports": {
    status: PLATFORM(201),
    make: () => ({ path: "/admin/v1/redteam/reports", init: json(REPORT) }),
  },
  "GET /admin/v1/redteam/reports": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/redteam/reports" }) },
  "GET /admin/v1/redteam/reports/:id": {
    status: PLATFORM(200),
    make: async (world) => ({ path: `/admin/v1/redteam/reports/${await newReport(world)}` }),
  },
};
