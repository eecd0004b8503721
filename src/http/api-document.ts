import { toFileJsonSchema } from "../config/index.ts";
import { publicEndpoint, type Endpoint } from "./endpoint.ts";
import { describeApi } from "./openapi.ts";
import { noted } from "./route-note.ts";

/** Changes with the wire, not with the program. */
export const API_VERSION = "1";

/** The description of this server's own table, made when it is first asked for: it names addresses and forms, and nothing of any tenant. */
export function apiDocument(endpoints: () => readonly Endpoint[]): Endpoint[] {
  let api: string | undefined;
  let file: string | undefined;
  return [
    noted(
      publicEndpoint("GET", "/openapi.json", () => {
        api ??= JSON.stringify(describeApi(endpoints(), API_VERSION));
        return new Response(api, { headers: { "content-type": "application/json" } });
      }),
      { summary: "This description" },
    ),
    noted(
      publicEndpoint("GET", "/weir.schema.json", () => {
        file ??= JSON.stringify(toFileJsonSchema());
        return new Response(file, { headers: { "content-type": "application/schema+json" } });
      }),
      { summary: "JSON Schema of weir.yaml, for editors", answerType: "application/schema+json" },
    ),
  ];
}
