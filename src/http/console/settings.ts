import type { z } from "zod";
import { consoleSettings } from "../../contract/console.ts";
import { Fault } from "../../kernel/fault.ts";
import { publicEndpoint, type Endpoint } from "../endpoint.ts";
import { noted } from "../route-note.ts";
import { pictureHeaders } from "./security-headers.ts";

export type SettingsDeps = {
  settings(): Omit<z.input<typeof consoleSettings>, "logo">;
  readonly logo: { readonly type: string; readonly bytes: Uint8Array } | undefined;
};

/** How the console looks here, and by whom people sign in: for whoever has not signed in yet. */
export function settings({ settings: read, logo }: SettingsDeps): Endpoint[] {
  return [
    noted(
      publicEndpoint("GET", "/console/settings", () =>
        Response.json({ ...read(), logo: logo === undefined ? null : "/console/logo" }, { headers: { "cache-control": "no-store" } }),
      ),
      { summary: "How the console looks, and how to sign in", answer: consoleSettings },
    ),
    noted(
      publicEndpoint("GET", "/console/logo", () => {
        if (logo === undefined) throw new Fault("not_found");
        const headers = { ...pictureHeaders(), "content-type": logo.type, "cache-control": "no-cache" };
        return new Response(new Uint8Array(logo.bytes), { headers });
      }),
      { summary: "The configured logo", answerType: "image/svg+xml", faults: ["not_found"] },
    ),
  ];
}
