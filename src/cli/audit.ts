import { listAll } from "./api.ts";
import { type Command, EXIT } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findNumber, numberOf, textOf } from "./read.ts";

export const auditVerify: Command = {
  name: "audit verify",
  summary: "Checks that nobody has changed the audit log. Exit code 1 where somebody has.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: { tenant: { value: "SLUG", description: "one tenant (else all)" }, ...REACH_FLAGS },
  examples: ["weir audit verify", "weir audit verify --tenant acme"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const asked = args.text("tenant");
      const slugs = asked === undefined ? (await listAll(api, "/admin/v1/tenants")).map((tenant) => textOf(tenant, "slug")) : [asked];
      let bad = 0;
      for (const tenant of slugs) {
        const verdict = await api.post("/admin/v1/audit/verify", { tenant });
        const entries = numberOf(verdict, "entries");
        // Only a plain true is good news.
        if (fieldOf(verdict, "ok") === true) {
          deps.terminal.out(`${tenant}: whole, ${String(entries)} entries\n`);
          continue;
        }
        bad++;
        const at = findNumber(verdict, "firstBadSeq");
        deps.terminal.out(`${tenant}: CHANGED${at === undefined ? "" : ` at entry ${String(at)}`}, ${String(entries)} entries\n`);
      }
      if (slugs.length === 0) deps.terminal.out("There is no tenant, and so no audit log.\n");
      return bad === 0 ? EXIT.done : EXIT.failed;
    }),
};
