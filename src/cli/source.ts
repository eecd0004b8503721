import { type Args, type CliDeps, type Command, EXIT } from "./command.ts";
import { pathOf, type Api } from "./api.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findText, listOf, textOf } from "./read.ts";
import { renderTable } from "./table.ts";
import { printable } from "./terminal.ts";

const SOURCES = pathOf("admin", "v1", "sources");
const JSON_FLAG = { value: undefined, description: "print the server's JSON" };
const POLL_MS = 500;

export const sourceList: Command = {
  name: "source list",
  summary: "Lists the places that documents come from (`sources` of weir.yaml), and how their newest runs went.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: { json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir source list"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const found = await api.get(SOURCES);
      const sources = listOf(found, "data");
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(found, null, 2)}\n`);
      else if (sources.length === 0) deps.terminal.out("No source is configured: see `sources` in docs/configuration.md.\n");
      else deps.terminal.out(renderTable(["NAME", "KIND", "TENANT", "COLLECTION", "SCHEDULE", "STATE", "NEWEST RUN"], sources.map(toRow)));
      return EXIT.done;
    }),
};

export const sourceStatus: Command = {
  name: "source status",
  summary: "Shows one source: its newest run, and the documents that it cannot take.",
  operands: "NAME",
  operandsMin: 1,
  operandsMax: 1,
  flags: { json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir source status wiki"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const found = await api.get(pathOfSource(args));
      deps.terminal.out(args.on("json") ? `${JSON.stringify(found, null, 2)}\n` : tell(found));
      return findText(found, "state") === "failed" ? EXIT.failed : EXIT.done;
    }),
};

export const sourceSync: Command = {
  name: "source sync",
  summary: "Looks at a source now, and waits until its collection holds what it holds.",
  operands: "NAME",
  operandsMin: 1,
  operandsMax: 1,
  flags: { "no-wait": { value: undefined, description: "only begin" }, json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir source sync wiki", "weir source sync wiki --no-wait"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const before = await api.get(pathOfSource(args));
      let found = await api.post(`${pathOfSource(args)}/sync`, {});
      if (!args.on("no-wait")) found = await waitForRun(api, args, before, deps);
      deps.terminal.out(args.on("json") ? `${JSON.stringify(found, null, 2)}\n` : tell(found));
      return findText(found, "state") === "failed" ? EXIT.failed : EXIT.done;
    }),
};

const pathOfSource = (args: Args): string => `${SOURCES}/${encodeURIComponent(args.operands[0] ?? "")}`;

/** A run that began after `before`, or was under way then, is over. */
async function waitForRun(api: Api, args: Args, before: unknown, deps: CliDeps): Promise<unknown> {
  for (;;) {
    deps.signal.throwIfAborted();
    const found = await api.get(pathOfSource(args));
    const isNew = findText(found, "startedAt") !== findText(before, "startedAt") || findText(before, "state") === "running";
    if (isNew && findText(found, "state") !== "running") return found;
    await deps.wait(POLL_MS);
  }
}

const countsOf = (source: unknown): string => {
  const counts = fieldOf(source, "counts");
  return ["added", "changed", "removed", "unchanged", "refused"].map((name) => `${Number(fieldOf(counts, name) ?? 0)} ${name}`).join(", ");
};

const toRow = (source: unknown): string[] => [
  ...["name", "kind", "tenant", "collection"].map((name) => textOf(source, name)),
  findText(source, "schedule") ?? "by hand",
  textOf(source, "state"),
  findText(source, "finishedAt") ?? "-",
];

function tell(source: unknown): string {
  const error = findText(source, "error");
  const lines = [`${textOf(source, "name")}: ${textOf(source, "state")}, ${countsOf(source)}.`];
  if (error !== undefined) lines.push(`failed: ${printable(error)}`);
  for (const one of listOf(source, "refused"))
    lines.push(`refused: ${printable(textOf(one, "path"))}: ${printable(textOf(one, "reason"))}`);
  return `${lines.join("\n")}\n`;
}
