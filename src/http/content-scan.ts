import { z } from "zod";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

const count = z.int().min(0);
const report = z.object({
  tenants: count,
  lines: count.describe("Scrubbed lines of chat logs."),
  entries: count.describe("Newest events and decisions."),
  findings: z.record(z.string(), count).describe("How many of each kind of personal data were found; empty where all is well."),
});

/** `run` looks at what was written, as the server does once a day by itself. */
export function contentScan(run: () => Promise<z.output<typeof report>>): Endpoint {
  const endpoint = platformEndpoint("POST", "/admin/v1/content/scan", "operate", async () => Response.json(await run()));
  return noted(endpoint, {
    summary: "Look for personal data in what is kept",
    description:
      "In scrubbed chat logs and in the records of calls and decisions, a sample of each tenant's newest. What is found is told by kind and count, in the log, the metric `weir_content_scan_findings` and the audit trail, never as text.",
    answer: report,
  });
}
