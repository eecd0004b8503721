import { z } from "zod";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

const rotated = z.object({ rewrapped: z.int().min(0), tenants: z.int().min(0) });

/** `rewrap` wraps every tenant's data keys anew. */
export function objectKeys(rewrap: () => Promise<z.output<typeof rotated>>): Endpoint {
  const endpoint = platformEndpoint("POST", "/admin/v1/objects/rotate-keys", "operate", async () => Response.json(await rewrap()));
  return noted(endpoint, {
    summary: "Wrap the data keys of stored files anew",
    description: "Under the present WEIR_SECRET or key service. No file is rewritten. It may be repeated.",
    answer: rotated,
  });
}
