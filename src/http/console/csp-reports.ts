import { publicEndpoint, type Endpoint } from "../endpoint.ts";
import { parseJson, readText } from "../body.ts";
import { reportsCounted } from "../../contract/console.ts";
import { noted } from "../route-note.ts";

export type CspReportsDeps = {
  /** One thing that a browser has kept a page from doing, by the rule that forbids it. */
  reported(directive: string): void;
};

/** A browser's report is some hundred bytes, and a batch of them some thousand. */
const BYTES_MAX = 16 * 1024;
const REPORTS_MAX = 20;
const OTHER = "other";
/** Fixed words, so that nobody's text becomes a label or a line of the log. */
const DIRECTIVES: ReadonlySet<string> = new Set([
  "default-src",
  "script-src",
  "script-src-elem",
  "script-src-attr",
  "style-src",
  "style-src-elem",
  "style-src-attr",
  "img-src",
  "font-src",
  "connect-src",
  "media-src",
  "frame-src",
  "worker-src",
  "manifest-src",
  "base-uri",
  "form-action",
  "frame-ancestors",
  "object-src",
  "require-trusted-types-for",
  "trusted-types",
]);

/** What browsers say that the console's own rules kept from happening. Who sends it may be anybody: it is counted, and nothing of it is kept. */
export function cspReports({ reported }: CspReportsDeps): Endpoint {
  return noted(
    publicEndpoint("POST", "/console/csp-reports", async ({ request }) => {
      const body = parseJson(await readText(request, BYTES_MAX));
      const reports = (Array.isArray(body) ? body : [body]).slice(0, REPORTS_MAX);
      for (const report of reports) reported(directiveOf(report));
      return Response.json({ counted: reports.length });
    }),
    {
      summary: "Where browsers report what the console's rules kept from happening",
      answer: reportsCounted,
      faults: ["body_unreadable", "body_too_large"],
    },
  );
}

/** Of a report in either of its two forms: `{"csp-report": {...}}`, or `{type: "csp-violation", body: {...}}`. */
function directiveOf(report: unknown): string {
  const inner = fieldOf(report, "csp-report") ?? fieldOf(report, "body");
  const named = ["effective-directive", "effectiveDirective", "violated-directive"].map((name) => fieldOf(inner, name));
  const word = named.find((each) => typeof each === "string")?.split(" ")[0] ?? OTHER;
  return DIRECTIVES.has(word) ? word : OTHER;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined;
