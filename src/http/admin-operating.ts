import {
  deadJobPage,
  deadJobsQuery,
  jobRetried,
  modelStatusList,
  modelTest,
  operationsQuery,
  operationsView,
  providerStatus,
  providerStatusList,
  providerSwitch,
  type DeadJob,
  type ModelStatus,
  type ModelTest,
  type OperationsView,
  type ProviderStatus,
} from "../contract/operations.ts";
import type { Principal } from "../domain/principal.ts";
import type { ProviderState } from "../domain/provider-state.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

type Dead = {
  readonly id: string;
  readonly name: string;
  readonly about: Readonly<Record<string, string>>;
  readonly tries: number;
  readonly createdAtMs: number;
  readonly diedAtMs: number;
};

export type OperatingDeps = {
  models(): readonly ModelStatus[];
  providers(): readonly ProviderStatus[];
  /** Throws `not_found`. */
  set(who: Principal, provider: string, state: ProviderState, reason: string): Promise<ProviderStatus>;
  /** Throws `not_found`, and `conflict` where its provider is disabled. What the provider answers is in the result, well or not. */
  test(model: string, signal: AbortSignal): Promise<ModelTest>;
  view(minutes: number | undefined): Promise<OperationsView>;
  /** Newest first. */
  listDead(ask: { readonly limit: number; readonly before: string | undefined }): Promise<readonly Dead[]>;
  /** undefined: there is none of this id. */
  retryDead(id: string): Promise<{ readonly name: string; readonly retried: boolean } | undefined>;
};

/** A page of dead jobs is looked through by eye. */
const DEAD_DEFAULT = 20;
const SWITCH_BYTES_MAX = 4096;

/** How models, providers and this server are doing, and what an operator does about it. */
export function adminOperating(deps: OperatingDeps): Endpoint[] {
  return [...targets(deps), ...switches(deps), ...service(deps)];
}

function targets(deps: OperatingDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("GET", "/admin/v1/models", "operations.read", () => Response.json({ data: deps.models() })),
      {
        summary: "How each model is doing",
        description:
          "As the process that answers has seen it: breaker, queue, times and errors of the last hour, prices. Kept in memory, by the minute.",
        answer: modelStatusList,
      },
    ),
    noted(
      platformEndpoint("POST", "/admin/v1/models/:model/test", "operate", async (asked) =>
        Response.json(await deps.test(paramOf(asked, "model"), asked.request.signal)),
      ),
      {
        summary: "Make one small call to a model",
        description:
          "Past routing, breakers and a drain; at most 16 tokens. It costs what it costs: its record is in the ledger under the platform's own id, and counts in the platform's limit. 200 also where the model failed: `error` says how.",
        answer: modelTest,
        faults: ["not_found", "conflict"],
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/providers", "operations.read", () => Response.json({ data: deps.providers() })),
      {
        summary: "How each provider is doing",
        description:
          "Never its credentials. A provider that was not asked of late is asked what it is while this answers; the next answer tells.",
        answer: providerStatusList,
      },
    ),
  ];
}

const SWITCHES = [
  [
    "drain",
    "draining",
    "Send no new calls to a provider",
    "Calls under way end as they would. It counts at once, on every replica within 2 s, and after a restart. Candidates of calls say `provider-draining`. Test calls still go there.",
  ],
  [
    "disable",
    "disabled",
    "Send nothing to a provider",
    "As `drain`, and neither test calls nor probes go there. Candidates of calls say `provider-disabled`.",
  ],
  ["enable", "on", "Send calls to a provider again", "Where it is on already nothing changes."],
] as const;

const switches = (deps: OperatingDeps): Endpoint[] =>
  SWITCHES.map(([act, state, summary, description]) =>
    noted(
      platformEndpoint("POST", `/admin/v1/providers/:name/${act}`, "operate", async (asked) => {
        const { reason = "" } = await readJson(asked.request, providerSwitch, SWITCH_BYTES_MAX);
        return Response.json(await deps.set(asked.who, paramOf(asked, "name"), state, reason.trim()));
      }),
      {
        summary,
        description: `${description} Entered into the audit log.`,
        body: providerSwitch,
        answer: providerStatus,
        faults: ["not_found"],
      },
    ),
  );

function service(deps: OperatingDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("GET", "/admin/v1/operations", "operations.read", async ({ query }) =>
        Response.json(await deps.view(readQuery(query, operationsQuery).minutes)),
      ),
      {
        summary: "How the service is doing now",
        description:
          "Objectives and replicas are of all processes; `live`, `admission` and `journal` are of the process that answers, in memory since it began.",
        query: operationsQuery,
        answer: operationsView,
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/jobs/dead", "operations.read", async ({ query }) => {
        const { limit = DEAD_DEFAULT, cursor } = readQuery(query, deadJobsQuery);
        if (cursor !== undefined && !UUID.test(cursor))
          throw new Fault("body_invalid", { param: "cursor", say: "cursor: is not one of this list." });
        const found = await deps.listDead({ limit: limit + 1, before: cursor });
        const data = found.slice(0, limit).map(toWire);
        const last = data.at(-1);
        return Response.json({ data, nextCursor: found.length > limit && last !== undefined ? last.id : undefined });
      }),
      {
        summary: "Jobs whose last try failed",
        description: "Newest first; one that died again and again once. Kept for 14 days. Why it failed is in the server's log.",
        query: deadJobsQuery,
        answer: deadJobPage,
      },
    ),
    noted(
      platformEndpoint("POST", "/admin/v1/jobs/:id/retry", "operate", async (asked) => {
        const id = paramOf(asked, "id");
        const done = UUID.test(id) ? await deps.retryDead(id) : undefined;
        if (done === undefined) throw new Fault("not_found", { say: "There is no dead job of this id." });
        return Response.json({ id, ...done });
      }),
      { summary: "Send a dead job again", answer: jobRetried, faults: ["not_found"] },
    ),
  ];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const toWire = ({ id, name, about, tries, createdAtMs, diedAtMs }: Dead): DeadJob => ({
  id,
  name,
  about: { ...about },
  tries,
  createdAt: toIso(createdAtMs),
  diedAt: toIso(diedAtMs),
});
