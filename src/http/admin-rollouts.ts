import type { z } from "zod";
import {
  rollout,
  rolloutCreate,
  rolloutDetail,
  rolloutMove,
  rolloutPage,
  rolloutQuery,
  rolloutScored,
  rolloutScores,
  type RolloutCreate,
} from "../contract/rollout.ts";
import { tenantQuery } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWirePage } from "./admin-tenants.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

type Act = "promote" | "rollback" | "pause" | "resume";
/** `slug` undefined: the platform's own. All throw `not_found` for an id that is not there. */
export type RolloutsDeps = {
  start(who: Principal, slug: string | undefined, draft: RolloutCreate): Promise<unknown>;
  list(
    slug: string | undefined,
    ask: Omit<z.output<typeof rolloutQuery>, "tenant" | "cursor"> & { readonly after: string | undefined },
  ): Promise<{ readonly data: readonly unknown[]; readonly nextCursor: string | undefined }>;
  get(who: Principal, slug: string | undefined, id: string): Promise<unknown>;
  move(who: Principal, slug: string | undefined, id: string, act: Act, reason: string | undefined): Promise<unknown>;
  score(slug: string | undefined, id: string, scores: readonly { readonly requestId: string; readonly score: number }[]): Promise<number>;
};

const AT = "/admin/v1/rollouts";

/** Changes that go out to a growing share of calls, and back by themselves. */
export function adminRollouts(rollouts: RolloutsDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("POST", AT, "rollouts.manage", async ({ request, who }) => {
        const draft = await readJson(request, rolloutCreate, JSON_BODY_BYTES_MAX);
        const slug = scopeNamed(who, draft.kind === "policy" ? undefined : draft.tenant);
        return Response.json(await rollouts.start(who, slug, draft), { status: 201 });
      }),
      {
        summary: "Start a rollout",
        description:
          "Of a model, an adapter (which is a model of its own), a version of a prompt or of the routes. It goes on step by step where every gate is passed, and back where one says that it is worse. Versions must be asked for first, by somebody else, as before an approval.",
        body: rolloutCreate,
        status: 201,
        answer: rollout,
        faults: ["conflict", "not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", AT, "rollouts.read", async ({ query, who }) => {
        const { tenant, cursor, ...ask } = readQuery(query, rolloutQuery);
        return Response.json(toWirePage(await rollouts.list(scopeNamed(who, tenant), { ...ask, after: cursor })));
      }),
      { summary: "List rollouts", query: rolloutQuery, answer: rolloutPage },
    ),
    noted(
      platformEndpoint("GET", `${AT}/:id`, "rollouts.read", async (asked) => {
        const { tenant } = readQuery(asked.query, tenantQuery);
        return Response.json(await rollouts.get(asked.who, scopeNamed(asked.who, tenant), paramOf(asked, "id")));
      }),
      {
        summary: "A rollout with its history, and what its gates say now",
        query: tenantQuery,
        answer: rolloutDetail,
        faults: ["not_found"],
      },
    ),
    ...MOVES.map(([act, summary, description]) =>
      noted(
        platformEndpoint("POST", `${AT}/:id/${act}`, "rollouts.manage", async (asked) => {
          const { tenant, reason } = await readJson(asked.request, rolloutMove, JSON_BODY_BYTES_MAX);
          return Response.json(await rollouts.move(asked.who, scopeNamed(asked.who, tenant), paramOf(asked, "id"), act, reason));
        }),
        { summary, description, body: rolloutMove, answer: rollout, faults: ["conflict", "not_found"] },
      ),
    ),
    noted(
      platformEndpoint("POST", `${AT}/:id/scores`, "rollouts.manage", async (asked) => {
        const { tenant, scores } = await readJson(asked.request, rolloutScores, JSON_BODY_BYTES_MAX);
        return Response.json({ taken: await rollouts.score(scopeNamed(asked.who, tenant), paramOf(asked, "id"), scores) });
      }),
      {
        summary: "Hand in what a judge thinks of answers",
        description: "Scores from 0 to 1 of calls that took part: what the gate of quality compares.",
        body: rolloutScores,
        answer: rolloutScored,
        faults: ["not_found"],
      },
    ),
  ];
}

const MOVES: readonly (readonly [Act, string, string])[] = [
  ["promote", "Take a rollout to its next share", "After the last one everybody has it for good."],
  [
    "rollback",
    "Roll a rollout back",
    "At once and for everybody. A finished one of a model goes back, too; a version that is in production does not.",
  ],
  ["pause", "Pause a rollout", "It stays at its share, and its gates decide nothing."],
  ["resume", "Let a paused rollout go on", "From the share that it has."],
];

/** Whose rollouts are meant: a tenant's own role means its own; somebody of the platform who names none means the platform's. */
const scopeNamed = (who: Principal, named: string | undefined): string | undefined =>
  who.kind === "admin" && named === undefined ? undefined : tenantNamed(who, named);
