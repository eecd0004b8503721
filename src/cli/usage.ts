import { queryOf } from "./api.ts";
import { type Command, CommandError, EXIT } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findNumber, findText, listOf, numberOf } from "./read.ts";
import { dollars, renderTable } from "./table.ts";

const ROWS_DEFAULT = 20;
const ROWS_MAX = 1000;

export const usage: Command = {
  name: "usage",
  summary: "Shows calls and what they cost: the newest, and the sums over all that match.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    tenant: { value: "SLUG", description: "one tenant (else all)" },
    from: { value: "WHEN", description: "first moment, such as 2026-11-01" },
    to: { value: "WHEN", description: "moment after the last" },
    limit: { value: "N", description: `calls to show, 1 to ${String(ROWS_MAX)} (else ${String(ROWS_DEFAULT)})` },
    json: { value: undefined, description: "print the server's JSON" },
    ...REACH_FLAGS,
  },
  examples: ["weir usage --tenant acme --from 2026-11-01", "weir usage --json --limit 1000"],
  run: (args, deps) => {
    const limit = args.text("limit") ?? String(ROWS_DEFAULT);
    if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > ROWS_MAX)
      throw new CommandError(`--limit must be from 1 to ${String(ROWS_MAX)}.`, EXIT.usage);
    return withServer(args, deps, async ({ api }) => {
      const query = queryOf({ tenant: args.text("tenant"), from: args.text("from"), to: args.text("to"), limit });
      const page = await api.get(`/admin/v1/usage${query}`);
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(page, null, 2)}\n`);
      else deps.terminal.out(renderUsage(page));
      return EXIT.done;
    });
  },
};

function renderUsage(page: unknown): string {
  const rows = listOf(page, "data").map((call) => [
    findText(call, "createdAt")?.slice(0, 19).replace("T", " "),
    findText(call, "tenant"),
    findText(call, "model"),
    findText(call, "provider"),
    findText(call, "outcome"),
    findNumber(call, "inputTokens"),
    findNumber(call, "outputTokens"),
    costOf(call),
    findNumber(call, "latencyMs"),
  ]);
  const totals = fieldOf(page, "totals");
  const sums = `${String(numberOf(totals, "calls"))} calls, ${String(numberOf(totals, "refused"))} refused, ${String(numberOf(totals, "inputTokens"))} tokens in, ${String(numberOf(totals, "outputTokens"))} out, ${dollars(numberOf(totals, "costMicroUsd"))}`;
  if (rows.length === 0) return `No calls. ${sums}\n`;
  const table = renderTable(["TIME (UTC)", "TENANT", "MODEL", "PROVIDER", "OUTCOME", "IN", "OUT", "COST", "MS"], rows);
  const more = findText(page, "nextCursor") === undefined ? "" : "There are more: --limit shows more of them, --json all fields.\n";
  return `${table}${more}\nIn all: ${sums}\n`;
}

function costOf(call: unknown): string | undefined {
  const micro = findNumber(call, "costMicroUsd");
  return micro === undefined ? undefined : dollars(micro);
}
