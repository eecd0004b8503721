import { pathOf, listAll } from "./api.ts";
import { type Command, EXIT } from "./command.ts";
import { confirm, ERASURE_FLAGS, followErasure } from "./erasure.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { findText, textOf } from "./read.ts";
import { renderTable } from "./table.ts";

const TENANTS = "/admin/v1/tenants";
const JSON_FLAG = { value: undefined, description: "print the server's JSON" };

export const tenantCreate: Command = {
  name: "tenant create",
  summary: "Makes a tenant: an isolated customer with keys, documents and budget of its own.",
  operands: "SLUG",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    name: { value: "NAME", description: "what people call it (else the slug)" },
    tier: { value: "TIER", description: "tier of the config file, for shared limits" },
    region: { value: "REGION", description: "serve it only from providers of this region" },
    json: JSON_FLAG,
    ...REACH_FLAGS,
  },
  examples: ["weir tenant create acme --name 'Acme Ltd' --tier gold"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const slug = args.operands[0] ?? "";
      const made = await api.post(TENANTS, { slug, name: args.text("name") ?? slug, tier: args.text("tier"), region: args.text("region") });
      deps.terminal.out(
        args.on("json")
          ? `${JSON.stringify(made, null, 2)}\n`
          : `Tenant ${textOf(made, "slug")} is made. Next: weir key create --tenant ${slug} --name NAME\n`,
      );
      return EXIT.done;
    }),
};

export const tenantList: Command = {
  name: "tenant list",
  summary: "Lists the tenants.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: { json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir tenant list"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const tenants = await listAll(api, TENANTS);
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(tenants, null, 2)}\n`);
      else if (tenants.length === 0) deps.terminal.out("There is no tenant yet. Make one with `weir tenant create SLUG`.\n");
      else {
        const rows = tenants.map((tenant) => [
          textOf(tenant, "slug"),
          findText(tenant, "name"),
          findText(tenant, "tier"),
          findText(tenant, "region"),
          findText(tenant, "contentPolicy"),
        ]);
        deps.terminal.out(renderTable(["SLUG", "NAME", "TIER", "REGION", "CONTENT POLICY"], rows));
      }
      return EXIT.done;
    }),
};

export const tenantRevoke: Command = {
  name: "tenant revoke",
  aliases: ["tenant delete"],
  summary: "Erases a tenant: its keys stop at once, then everything of it goes from every store, with a certificate.",
  operands: "SLUG",
  operandsMin: 1,
  operandsMax: 1,
  flags: { ...ERASURE_FLAGS, ...REACH_FLAGS },
  examples: ["weir tenant delete acme --yes --certificate acme.json"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const slug = args.operands[0] ?? "";
      await confirm("the tenant", slug, args, deps);
      const job = await api.delete(pathOf("admin", "v1", "tenants", slug));
      return await followErasure(api, textOf(job, "jobId"), args, deps);
    }),
};
