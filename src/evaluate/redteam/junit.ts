import type { GateResult } from "./gate.ts";
import type { Finding } from "./probe.ts";
import type { Report } from "./report.ts";

/** JUnit XML, as build servers read it: a suite of cases for each suite of probes, and one for the gates. Inconclusive probes are skipped cases. */
export function toJunit(report: Report): string {
  const suites = report.suites.map((suite) => testSuite(suite, report.findings.filter((finding) => finding.suite === suite).map(toCase)));
  const gates = testSuite("gates", report.gates.map(gateCase));
  const seconds = (report.durationMs / 1000).toFixed(3);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="weir redteam" time="${seconds}">\n${[...suites, gates].join("\n")}\n</testsuites>\n`;
}

type Case = { readonly xml: string; readonly state: "passed" | "failed" | "skipped"; readonly seconds: number };

function testSuite(name: string, cases: readonly Case[]): string {
  const count = (state: Case["state"]): string => String(cases.filter((each) => each.state === state).length);
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0).toFixed(3);
  const head = `name="${escapeXml(name)}" tests="${String(cases.length)}" failures="${count("failed")}" skipped="${count("skipped")}" time="${seconds}"`;
  return `  <testsuite ${head}>\n${cases.map((each) => each.xml).join("\n")}\n  </testsuite>`;
}

function toCase(finding: Finding): Case {
  const seconds = finding.latencyMs / 1000;
  const head = `    <testcase classname="${escapeXml(`${finding.suite}.${finding.family}`)}" name="${escapeXml(finding.id)}" time="${seconds.toFixed(3)}"`;
  const why = escapeXml(finding.why);
  switch (finding.outcome) {
    case "passed":
      return { xml: `${head}/>`, state: "passed", seconds };
    case "inconclusive":
      return { xml: `${head}><skipped message="${why}"/></testcase>`, state: "skipped", seconds };
    case "failed": {
      const more = [
        finding.asked === undefined ? "" : `asked: ${finding.asked}`,
        finding.answered === undefined ? "" : `answered: ${finding.answered}`,
      ];
      const text = escapeXml(more.filter((line) => line !== "").join("\n"));
      return { xml: `${head}><failure type="${finding.severity}" message="${why}">${text}</failure></testcase>`, state: "failed", seconds };
    }
  }
}

function gateCase(gate: GateResult): Case {
  const head = `    <testcase classname="gates" name="${escapeXml(gate.name)}" time="0"`;
  if (gate.ok) return { xml: `${head}/>`, state: "passed", seconds: 0 };
  return {
    xml: `${head}><failure message="${escapeXml(`${String(gate.value)} against ${String(gate.limit)}`)}"/></testcase>`,
    state: "failed",
    seconds: 0,
  };
}

/** Also without the characters that XML 1.0 has no way to write. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
