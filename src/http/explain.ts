import { explanation } from "../contract/call-event.ts";
import { Fault } from "../kernel/fault.ts";
import { requestIds, type RequestId } from "../kernel/ids.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

/** By slug; undefined: of any tenant. */
export type ExplainRead = (tenant: string | undefined, requestId: RequestId) => Promise<unknown>;

/** Why a call went where it went. A tenant's own key is told of its own calls: another's are as if they had never been. */
export function explain(read: ExplainRead): Endpoint {
  const endpoint = platformEndpoint("GET", "/admin/v1/explain/:id", "usage.read", async (asked) => {
    const id = paramOf(asked, "id");
    if (!requestIds.is(id))
      throw new Fault("not_found", { say: "That is not the id of a request: x-weir-request-id of an answer is, and begins with req_." });
    const own = asked.who.kind === "tenant" ? asked.who.tenant.slug : (asked.query.get("tenant") ?? undefined);
    return Response.json(await read(own, id));
  });
  return noted(endpoint, {
    summary: "Why a call went where it went, or was refused",
    description: "In sentences, from the call's row. A tenant's own key is told of its own tenant's calls.",
    answer: explanation,
  });
}
