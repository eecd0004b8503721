import { toIso } from "../kernel/clock.ts";
import { listAll, pathOf } from "./api.ts";
import { type Args, type Command, CommandError, EXIT, requireText } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findNumber, findText, textOf } from "./read.ts";
import { renderTable } from "./table.ts";

const TENANT_FLAG = { value: "SLUG", description: "the tenant" };
const JSON_FLAG = { value: undefined, description: "print the server's JSON" };
const DAY_MS = 86_400_000;

export const keyCreate: Command = {
  name: "key create",
  summary: "Makes a key of a tenant, and shows it once.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    tenant: TENANT_FLAG,
    name: { value: "NAME", description: "what it is for" },
    role: { value: "ROLE", description: "member (else) or tenant-admin" },
    budget: { value: "USD", description: "most that it may spend in a calendar month, UTC" },
    rpm: { value: "N", description: "requests per minute" },
    tpm: { value: "N", description: "tokens per minute" },
    models: { value: "A,B", description: "models that it may use (else all of the tenant's)" },
    team: { value: "TEAM", description: "team that its costs belong to" },
    groups: { value: "A,B", description: "groups whose documents it finds" },
    clearance: {
      value: "WORD",
      description: "public, internal (else), confidential or restricted: documents classified higher it does not find",
    },
    jurisdiction: { value: "NAME", description: "jurisdiction whose documents it finds" },
    expires: { value: "WHEN", description: "a date, a time in ISO 8601, or days from now such as 30d" },
    json: JSON_FLAG,
    ...REACH_FLAGS,
  },
  examples: [
    "weir key create --tenant acme --name website --budget 50",
    "weir key create --tenant acme --name ci --expires 30d --models small",
  ],
  run: (args, deps) => {
    const slug = requireText(args, "tenant");
    const body = {
      name: requireText(args, "name"),
      role: args.text("role"),
      budgetUsd: readNumber(args, "budget"),
      rpm: readNumber(args, "rpm"),
      tpm: readNumber(args, "tpm"),
      models: args
        .text("models")
        ?.split(",")
        .map((model) => model.trim()),
      team: args.text("team"),
      groups: args
        .text("groups")
        ?.split(",")
        .map((group) => group.trim()),
      clearance: args.text("clearance"),
      jurisdiction: args.text("jurisdiction"),
      expiresAt: readExpiry(args.text("expires"), deps.clock.nowMs()),
    };
    return withServer(args, deps, async ({ api }) => {
      const made = await api.post(keysPath(slug), body);
      deps.terminal.out(
        args.on("json") ? `${JSON.stringify(made, null, 2)}\n` : `id:  ${textOf(made, "id")}\nkey: ${textOf(made, "key")}\n`,
      );
      if (!args.on("json")) deps.terminal.err("The key is not shown again.\n");
      return EXIT.done;
    });
  },
};

export const keyList: Command = {
  name: "key list",
  summary: "Lists the keys of a tenant, without the keys themselves.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: { tenant: TENANT_FLAG, json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir key list --tenant acme"],
  run: (args, deps) => {
    const slug = requireText(args, "tenant");
    return withServer(args, deps, async ({ api }) => {
      const keys = await listAll(api, keysPath(slug));
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(keys, null, 2)}\n`);
      else if (keys.length === 0) deps.terminal.out(`The tenant ${slug} has no key.\n`);
      else {
        const rows = keys.map((key) => [
          textOf(key, "id"),
          findText(key, "prefix"),
          findText(key, "name"),
          findText(key, "role"),
          findText(key, "team"),
          findNumber(key, "budgetUsd"),
          findText(key, "expiresAt"),
          findText(key, "revokedAt"),
          findText(key, "suspendedAt"),
        ]);
        deps.terminal.out(renderTable(["ID", "PREFIX", "NAME", "ROLE", "TEAM", "BUDGET USD", "EXPIRES", "REVOKED", "SUSPENDED"], rows));
      }
      return EXIT.done;
    });
  },
};

export const keyRevoke: Command = {
  name: "key revoke",
  aliases: ["key delete"],
  summary: "Revokes a key of a tenant: every replica refuses it within two seconds.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: { tenant: TENANT_FLAG, ...REACH_FLAGS },
  examples: ["weir key revoke key_… --tenant acme"],
  run: (args, deps) => {
    const slug = requireText(args, "tenant");
    return withServer(args, deps, async ({ api }) => {
      const id = args.operands[0] ?? "";
      await api.delete(`${keysPath(slug)}/${encodeURIComponent(id)}`);
      deps.terminal.out(`Key ${id} is revoked.\n`);
      return EXIT.done;
    });
  },
};

export const keyRotate: Command = {
  name: "key rotate",
  summary: "Changes a key for a new one that may do the same; the old one works for a while yet.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    tenant: TENANT_FLAG,
    overlap: { value: "TIME", description: "how long the old one still works: seconds, or such as 15m, 24h, 7d (else 1h)" },
    json: JSON_FLAG,
    ...REACH_FLAGS,
  },
  examples: ["weir key rotate key_… --tenant acme --overlap 24h"],
  run: (args, deps) => {
    const slug = requireText(args, "tenant");
    const overlapSeconds = readSpan(args.text("overlap"));
    return withServer(args, deps, async ({ api }) => {
      const id = args.operands[0] ?? "";
      const made = await api.post(`${keysPath(slug)}/${encodeURIComponent(id)}/rotate`, { overlapSeconds });
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(made, null, 2)}\n`);
      else {
        const ends = findText(fieldOf(made, "replaces"), "expiresAt") ?? "";
        deps.terminal.out(`id:  ${textOf(made, "id")}\nkey: ${textOf(made, "key")}\n`);
        deps.terminal.err(`The key is not shown again. ${id} works until ${ends}.\n`);
      }
      return EXIT.done;
    });
  },
};

const SPAN_SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

function readSpan(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits = "", unit = ""] = /^(\d{1,8})([smhd]?)$/.exec(text) ?? [];
  if (digits === "") throw new CommandError("--overlap must be seconds, or a time such as 15m, 24h or 7d.", EXIT.usage);
  return Number(digits) * (SPAN_SECONDS[unit] ?? 1);
}

const keysPath = (slug: string): string => pathOf("admin", "v1", "tenants", slug, "keys");

function readNumber(args: Args, name: string): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new CommandError(`--${name} must be a number.`, EXIT.usage);
}

/** An ISO time of `30d`, `2027-01-31` or `2027-01-31T12:00:00Z`. */
export function readExpiry(text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const atMs = days === undefined ? Date.parse(text) : nowMs + Number(days) * DAY_MS;
  const isIso = days !== undefined || /^\d{4}-\d{2}-\d{2}(T.+(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  if (!isIso || Number.isNaN(atMs))
    throw new CommandError(
      "--expires must be a date such as 2027-01-31, a time such as 2027-01-31T12:00:00Z, or days such as 30d.",
      EXIT.usage,
    );
  if (atMs <= nowMs) throw new CommandError("--expires lies in the past.", EXIT.usage);
  return toIso(atMs);
}
