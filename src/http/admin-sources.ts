import { documentSource, documentSourceList, type DocumentSource } from "../contract/sources.ts";
import { toIso } from "../kernel/clock.ts";
import type { SourceReport, Sources } from "../ingest/index.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

const AT = "/admin/v1/sources";

/** Connectors of the configuration: how far they are, and a run of one that does not wait for its time. */
export function adminSources(sources: Pick<Sources, "list" | "get" | "sync">): Endpoint[] {
  return [
    noted(
      platformEndpoint("GET", AT, "operate", async () => Response.json({ data: (await sources.list()).map(toWire) })),
      { summary: "Places that documents come from", answer: documentSourceList },
    ),
    noted(
      platformEndpoint("GET", `${AT}/:name`, "operate", async (asked) => Response.json(toWire(await sources.get(paramOf(asked, "name"))))),
      { summary: "One place that documents come from", answer: documentSource, faults: ["not_found"] },
    ),
    noted(
      platformEndpoint("POST", `${AT}/:name/sync`, "operate", async (asked) => {
        const name = paramOf(asked, "name");
        await sources.sync(name);
        return Response.json(toWire(await sources.get(name)), { status: 202 });
      }),
      {
        summary: "Look at a place now",
        description: "It begins as soon as there is room. Where it is being looked at already, nothing more is done.",
        status: 202,
        answer: documentSource,
        faults: ["not_found"],
      },
    ),
  ];
}

const at = (ms: number | undefined): string | null => (ms === undefined ? null : toIso(ms));

function toWire({ spec, state, refused }: SourceReport): DocumentSource {
  const { name, kind, tenant, collection, schedule } = spec;
  return {
    name,
    kind,
    tenant,
    collection,
    schedule: schedule ?? null,
    state: state?.state ?? "never",
    error: state?.error ?? null,
    startedAt: at(state?.startedAtMs),
    finishedAt: at(state?.finishedAtMs),
    counts: { seen: 0, added: 0, changed: 0, removed: 0, unchanged: 0, refused: 0, ...state?.counts },
    refused: refused.map(({ key, error }) => ({ path: key, reason: error })),
  };
}
