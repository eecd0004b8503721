import { NAMED, PLATFORM, type Row } from "./access-row.ts";
import { json, type World } from "./access-world.ts";

/** Of one thing there is one open rollout at a time. */
const endRollouts = async ({ weir }: World): Promise<void> => {
  const { data } = await weir.call<{ data: { id: string; state: string }[] }>("GET", "/admin/v1/rollouts?tenant=acme");
  for (const { id, state } of data)
    if (state !== "rolled-back") await weir.call("POST", `/admin/v1/rollouts/${id}/rollback`, { tenant: "acme" });
};
const ROLLOUT = { kind: "model", tenant: "acme", model: "m", to: "for-acme" };
const newRollout = async (world: World): Promise<string> => {
  await endRollouts(world);
  return (await world.weir.call<{ id: string }>("POST", "/admin/v1/rollouts", ROLLOUT)).id;
};
/** Where calls go is for those who run the platform: a tenant's admin moves rollouts of its prompts only. */
const moveRollout = (act: string): Row => ({
  status: PLATFORM(200),
  make: async (world) => ({ path: `/admin/v1/rollouts/${await newRollout(world)}/${act}`, init: json({ tenant: "acme" }) }),
});
export const ROLLOUT_ROWS: Readonly<Record<string, Row>> = {
  "POST /admin/v1/rollouts": {
    status: PLATFORM(201),
    make: async (world) => {
      await endRollouts(world);
      return { path: "/admin/v1/rollouts", init: json(ROLLOUT) };
    },
  },
  "GET /admin/v1/rollouts": { status: NAMED(200), make: () => ({ path: "/admin/v1/rollouts?tenant=acme" }) },
  "GET /admin/v1/rollouts/:id": {
    status: NAMED(200),
    make: async (world) => ({ path: `/admin/v1/rollouts/${await newRollout(world)}?tenant=acme` }),
  },
  "POST /admin/v1/rollouts/:id/promote": moveRollout("promote"),
  "POST /admin/v1/rollouts/:id/rollback": moveRollout("rollback"),
  "POST /admin/v1/rollouts/:id/pause": moveRollout("pause"),
  "POST /admin/v1/rollouts/:id/resume": {
    ...moveRollout("resume"),
    make: async (world) => {
      const id = await newRollout(world);
      await world.weir.call("POST", `/admin/v1/rollouts/${id}/pause`, { tenant: "acme" });
      return { path: `/admin/v1/rollouts/${id}/resume`, init: json({ tenant: "acme" }) };
    },
  },
  "POST /admin/v1/rollouts/:id/scores": {
    status: NAMED(200),
    make: async (world) => ({
      path: `/admin/v1/rollouts/${await newRollout(world)}/scores`,
      init: json({ tenant: "acme", scores: [{ requestId: world.acme.receipt, score: 0.5 }] }),
    }),
  },
};
