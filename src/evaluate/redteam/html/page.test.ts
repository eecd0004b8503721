import assert from "node:assert/strict";
import { test } from "bun:test";
import { compareReports } from "../compare.ts";
import { checkGates, GATES } from "../gate.ts";
import { toJunit } from "../junit.ts";
import { parseReport, type Report } from "../report.ts";
import { familiesOf, latencyOf, totalsOf } from "../tally.ts";
import { finding } from "../testing.ts";
import { toHtml } from "./page.ts";

const EVIL = `</pre><script>alert(1)</script><img src=x onerror='alert(2)'>"&amp;]]>`;

/** A report in which every text is hostile. */
function hostile(): Report {
  const evil = { id: `direct/${EVIL}`, family: EVIL, why: EVIL, asked: EVIL, answered: `${EVIL}\u0000\u0008\ud800` };
  const findings = [
    finding({ ...evil, outcome: "failed", severity: "critical" }),
    finding({ id: "a", outcome: "inconclusive", why: EVIL }),
    finding({ id: "b", blocked: true, latencyMs: 90_000 }),
    finding({ id: "c", kind: "control", family: "ordinary", outcome: "failed", blocked: true }),
    finding({ id: "d", suite: "pii", status: 0 }),
  ];
  const families = familiesOf(findings);
  const before = { startedAt: EVIL, findings: [finding(evil)] };
  return {
    schemaVersion: 1,
    tool: "weir redteam",
    version: EVIL,
    startedAt: "2026-11-26T12:00:00.000Z",
    durationMs: 1234,
    target: EVIL,
    model: EVIL,
    judge: EVIL,
    seed: 1,
    suites: ["direct", "pii"],
    notes: [EVIL],
    totals: totalsOf(findings),
    families,
    latency: latencyOf(findings),
    gates: checkGates(GATES, findings),
    prompts: [{ path: EVIL, sha256: EVIL, state: "changed", notPassed: 1 }],
    comparison: compareReports(before, { findings }),
    findings,
  };
}

test("nothing that a report holds becomes markup, and the page loads and runs nothing", () => {
  const html = toHtml(hostile());
  assert.ok(html.includes("&lt;/pre&gt;&lt;script&gt;"));
  for (const tag of html.matchAll(/<(\/?[a-z][a-z0-9]*)/gi))
    assert.ok(
      /^\/?(?:html|head|meta|title|style|body|main|h[123]|p|section|strong|div|b|span|table|tr|th|td|code|i|svg|g|text|rect|line|circle|details|summary|pre|ul|li)$/.test(
        tag[1] ?? "",
      ),
      tag[0],
    );
  assert.ok(!/<[a-z][^>]*\s(?:src|href|on[a-z]+)\s*=/i.test(html));
  assert.ok(!/url\(|@import|https?:\/\//.test(html));
  assert.ok(html.includes("default-src 'none'"));
  for (const plot of ["Outcomes of attacks by family", "Ordinary requests that were blocked, by set", "Time to the end of an answer"])
    assert.ok(html.includes(plot));
  assert.match(html, /prefers-color-scheme: dark/);
});

test("the JUnit form is well-formed XML with one case for each probe and gate", () => {
  const report = hostile();
  const xml = toJunit(report);
  assert.equal([...xml.matchAll(/<testcase /g)].length, report.findings.length + report.gates.length);
  assert.equal([...xml.matchAll(/<failure /g)].length, 2 + report.gates.filter((gate) => !gate.ok).length);
  assert.equal([...xml.matchAll(/<skipped /g)].length, 1);
  // eslint-disable-next-line no-control-regex
  assert.ok(!/[\u0000-\u0008]|[\ud800-\udfff]/.test(xml.replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, "")));
  const open: string[] = [];
  for (const [, end, name = "", , self] of xml.replace(/^<\?.*\?>/, "").matchAll(/<(\/?)([a-z]+)((?:\s[a-z]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (end === "/") assert.equal(open.pop(), name);
    else if (self !== "/") open.push(name);
  }
  assert.deepEqual(open, []);
});

test("a report is read back as it was, and what is none is not", () => {
  const report = hostile();
  assert.deepEqual(parseReport(JSON.stringify(report)), JSON.parse(JSON.stringify(report)));
  for (const text of ["", "[]", "{}", JSON.stringify({ ...report, schemaVersion: 2 }), JSON.stringify({ ...report, findings: [1] })])
    assert.equal(parseReport(text), undefined);
});
