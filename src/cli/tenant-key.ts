import { toIso } from "../kernel/clock.ts";
import { type Api, listAll, pathOf } from "./api.ts";
import { type Args, type CliDeps, CommandError, EXIT } from "./command.ts";
import type { Reached } from "./reach.ts";
import { textOf } from "./read.ts";

/** Long enough for a large ingestion. The key is revoked at the end anyway; this bounds what a killed command leaves behind. */
const KEY_LIFE_MS = 12 * 3_600_000;

/**
 * Runs `body` as a member of a tenant, or its admin. The admin key has no tenant's rights, so a key is made for this command and revoked after it,
 * however it ends. A key given with `--key` is used as it is, unless `--tenant` says that it is an admin's.
 */
export async function withTenant(
  reached: Reached,
  args: Args,
  deps: CliDeps,
  body: (api: Api) => Promise<number>,
  role: "member" | "tenant-admin" = "member",
): Promise<number> {
  const asked = args.text("tenant");
  if (reached.keyGiven && asked === undefined) return body(reached.api);
  const slug = asked ?? (await onlyTenant(reached.api));
  const keys = pathOf("admin", "v1", "tenants", slug, "keys");
  const expiresAt = toIso(deps.clock.nowMs() + KEY_LIFE_MS);
  const made = await reached.api.post(keys, { name: "weir command", role, expiresAt });
  const id = textOf(made, "id");
  try {
    return await body(reached.withCommandKey(textOf(made, "key")));
  } finally {
    await reached.afterwards.delete(`${keys}/${encodeURIComponent(id)}`).catch(() => {
      deps.terminal.err(`The key ${id}, made for this command, could not be revoked. It expires at ${expiresAt}.\n`);
    });
  }
}

async function onlyTenant(api: Api): Promise<string> {
  const slugs = (await listAll(api, "/admin/v1/tenants")).map((tenant) => textOf(tenant, "slug"));
  const [only, ...others] = slugs;
  if (only === undefined) throw new CommandError("There is no tenant yet. Make one with `weir tenant create SLUG`.", EXIT.usage);
  if (others.length === 0) return only;
  const shown = slugs.slice(0, 10).join(", ");
  throw new CommandError(`Say which tenant with --tenant: ${shown}${slugs.length > 10 ? ", …" : ""}.`, EXIT.usage);
}
