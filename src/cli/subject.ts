import { pathOf, queryOf } from "./api.ts";
import type { Command } from "./command.ts";
import { confirm, ERASURE_FLAGS, followErasure } from "./erasure.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { textOf } from "./read.ts";

export const subjectDelete: Command = {
  name: "subject delete",
  summary: "Erases an end user of a tenant: whom calls named by `user` or `safety_identifier`.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: { tenant: { value: "SLUG", description: "whose end user it is; needed with an admin key" }, ...ERASURE_FLAGS, ...REACH_FLAGS },
  examples: ["weir subject delete ada@example.org --tenant acme --yes --certificate ada.json"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const [id = ""] = args.operands;
      await confirm("the end user", id, args, deps);
      const job = await api.delete(`${pathOf("admin", "v1", "subjects", id)}${queryOf({ tenant: args.text("tenant") })}`);
      return await followErasure(api, textOf(job, "jobId"), args, deps);
    }),
};
