import type { GuardReports } from "../admin/index.ts";
import * as contract from "../contract/guard-report.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWirePage } from "./admin-tenants.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

const AT = "/admin/v1/guard/reports";

/** Refusals that callers say were mistakes. */
export function guardReports(reports: GuardReports): Endpoint[] {
  return [
    noted(
      tenantEndpoint("POST", "/v1/guard/reports", "guard.report", async ({ request, who }) =>
        Response.json(await reports.report(who, await readJson(request, contract.reportCreate, JSON_BODY_BYTES_MAX)), { status: 201 }),
      ),
      {
        summary: "Say that a refusal was a mistake",
        description:
          "Of a request of your tenant that was refused with `injection_blocked`, `personal_data_blocked` or `output_blocked` in the last days. `text` is seen by the platform's admin, and only if you send it.",
        body: contract.reportCreate,
        status: 201,
        answer: contract.reported,
        faults: ["not_found", "conflict"],
      },
    ),
    noted(
      platformEndpoint("GET", AT, "guard.review", async ({ query }) =>
        Response.json(toWirePage(await reports.list(readQuery(query, contract.reportQuery)))),
      ),
      {
        summary: "Refusals that callers reported as mistakes",
        query: contract.reportQuery,
        answer: contract.reportPage,
        faults: ["not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", `${AT}/:id`, "guard.review", async (asked) =>
        Response.json(await reports.read(asked.who, paramOf(asked, "id"))),
      ),
      { summary: "One report, with what its caller sent", answer: contract.reportRead },
    ),
    noted(
      platformEndpoint("POST", `${AT}/:id`, "guard.review", async (asked) => {
        const { label } = await readJson(asked.request, contract.reportLabel, JSON_BODY_BYTES_MAX);
        return Response.json(await reports.label(asked.who, paramOf(asked, "id"), label));
      }),
      {
        summary: "Say whether a reported refusal was a mistake",
        description: "A false positive goes to those who fit the classifier: `weir guard reports export`. Entered into the audit log.",
        body: contract.reportLabel,
        answer: contract.report,
      },
    ),
  ];
}
