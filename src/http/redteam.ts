import type { RedteamReports } from "../admin/index.ts";
import * as contract from "../contract/redteam.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWirePage } from "./admin-tenants.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

const AT = "/admin/v1/redteam/reports";

/** Reports of `weir redteam`, kept by the server that was attacked. */
export function redteam(reports: RedteamReports): Endpoint[] {
  return [
    noted(
      platformEndpoint("POST", AT, "operate", async ({ request, who }) =>
        Response.json(await reports.keep(who, await readJson(request, contract.redteamReport, JSON_BODY_BYTES_MAX)), { status: 201 }),
      ),
      {
        summary: "Keep the report of a red-team run",
        description:
          "`weir redteam --admin` sends it when it has ended. Counts, names of attacks and verdicts; what was asked and answered stays with who ran it. The newest 500 are kept.",
        body: contract.redteamReport,
        status: 201,
        answer: contract.redteamKept,
      },
    ),
    noted(
      platformEndpoint("GET", AT, "operate", async ({ query }) => {
        const { cursor, limit } = readQuery(query, contract.redteamQuery);
        return Response.json(toWirePage(await reports.list({ after: cursor, limit })));
      }),
      { summary: "Reports of red-team runs, newest first", query: contract.redteamQuery, answer: contract.redteamPage },
    ),
    noted(
      platformEndpoint("GET", `${AT}/:id`, "operate", async (asked) => Response.json(await reports.read(paramOf(asked, "id")))),
      {
        summary: "One report, and the run before it",
        description: "`previous` is the last run of the same target and model.",
        answer: contract.redteamRead,
        faults: ["not_found"],
      },
    ),
  ];
}
