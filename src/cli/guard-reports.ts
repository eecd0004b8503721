import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { listAll, pathOf, type Api } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT, requireText } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findText, textOf } from "./read.ts";
import { renderTable } from "./table.ts";

const REPORTS = pathOf("admin", "v1", "guard", "reports");

export const guardReports: Command = {
  name: "guard reports",
  summary: "Lists refusals that callers reported as mistakes, or exports those that were.",
  operands: "list|export",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    tenant: { value: "SLUG", description: "of this tenant only" },
    out: { value: "FILE", description: "export: JSON lines for tools/train-injection.ts --benign" },
    json: { value: undefined, description: "list: print the server's JSON" },
    ...REACH_FLAGS,
  },
  examples: ["weir guard reports list", "weir guard reports export --out benign.jsonl"],
  run(args, deps) {
    const [what] = args.operands;
    if (what === "list") return withServer(args, deps, ({ api }) => list(args, deps, api));
    if (what !== "export") throw new CommandError("Say `list` or `export`.", EXIT.usage);
    const out = requireText(args, "out");
    return withServer(args, deps, ({ api }) => exportBenign(args, deps, { api, path: resolve(deps.cwd, out) }));
  },
};

export const guardLabel: Command = {
  name: "guard label",
  summary: "Says whether a reported refusal was a mistake.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: { as: { value: "LABEL", description: "false-positive or correct" }, ...REACH_FLAGS },
  examples: ["weir guard label req_… --as false-positive"],
  run(args, deps) {
    const label = args.text("as");
    if (label !== "false-positive" && label !== "correct") throw new CommandError("--as must be false-positive or correct.", EXIT.usage);
    return withServer(args, deps, async ({ api }) => {
      const id = args.operands[0] ?? "";
      await api.post(`${REPORTS}/${encodeURIComponent(id)}`, { label });
      deps.terminal.out(`Report ${id}: ${label}.\n`);
      return EXIT.done;
    });
  },
};

async function list(args: Args, { terminal }: CliDeps, api: Api): Promise<number> {
  const reports = await listAll(api, REPORTS, { tenant: args.text("tenant") });
  if (args.on("json")) terminal.out(`${JSON.stringify(reports, null, 2)}\n`);
  else if (reports.length === 0) terminal.out("Nothing was reported.\n");
  else {
    const rows = reports.map((report) => [
      textOf(report, "requestId"),
      findText(report, "tenant"),
      findText(report, "code"),
      findText(report, "reportedAt"),
      fieldOf(report, "hasText") === true ? "yes" : "no",
      findText(report, "label"),
    ]);
    terminal.out(renderTable(["ID", "TENANT", "CODE", "REPORTED", "TEXT", "LABEL"], rows));
  }
  return EXIT.done;
}

/** Refused attacks that were none, one `{"text": …}` a line: examples of what is ordinary. Personal data that was refused teaches no classifier of attacks. */
async function exportBenign(args: Args, { terminal }: CliDeps, to: { readonly api: Api; readonly path: string }): Promise<number> {
  const { api, path } = to;
  const confirmed = await listAll(api, REPORTS, { tenant: args.text("tenant"), label: "false-positive" });
  const lines: string[] = [];
  for (const report of confirmed) {
    if (findText(report, "code") !== "injection_blocked" || fieldOf(report, "hasText") !== true) continue;
    const text = findText(await api.get(`${REPORTS}/${encodeURIComponent(textOf(report, "requestId"))}`), "text");
    if (text !== undefined) lines.push(`${JSON.stringify({ text })}\n`);
  }
  try {
    // What callers wrote: for its owner's eyes.
    await writeFile(path, lines.join(""), { mode: 0o600 });
  } catch {
    throw new CommandError(`The file cannot be written: ${path}.`);
  }
  terminal.out(
    `${path}: ${String(lines.length)} of ${String(confirmed.length)} confirmed false positives are refused attacks with their text.\n`,
  );
  return EXIT.done;
}
