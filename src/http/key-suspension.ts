import type { KeySuspensions } from "../admin/index.ts";
import { keySuspend } from "../contract/admin.ts";
import { key } from "../contract/answer-admin.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

const AT = "/admin/v1/tenants/:slug/keys/:id";

/** A key that is refused because of how it was used, by whoever manages keys; and the lifting of that. */
export function keySuspension(suspensions: Pick<KeySuspensions, "suspend" | "resume">): Endpoint[] {
  return [
    noted(
      platformEndpoint("POST", `${AT}/suspend`, "keys.manage", async (asked) => {
        const { reason } = await readJson(asked.request, keySuspend, JSON_BODY_BYTES_MAX);
        return Response.json(await suspensions.suspend(paramOf(asked, "slug"), paramOf(asked, "id"), reason, asked.who));
      }),
      {
        summary: "Suspend a key: every replica refuses it within two seconds",
        description: "Unlike a revoked one it can be used again when that is lifted. Entered into the audit log.",
        body: keySuspend,
        answer: key,
        faults: ["conflict"],
      },
    ),
    noted(
      platformEndpoint("POST", `${AT}/resume`, "keys.manage", async (asked) =>
        Response.json(await suspensions.resume(paramOf(asked, "slug"), paramOf(asked, "id"), asked.who)),
      ),
      {
        summary: "Lift a key's suspension, by a person or by the server",
        description: "What the platform's people suspended, a tenant's key does not lift. Entered into the audit log.",
        answer: key,
        faults: ["conflict"],
      },
    ),
  ];
}
