import type { Command } from "./command.ts";

/** The overview: what there is, and where to begin. */
export function renderOverview(commands: readonly Command[]): string {
  const rows = commands.map((command) => [usage(command), command.summary] as const);
  return [
    "weir: one private, accounted endpoint for language models",
    "",
    ...columns(rows, "  "),
    "",
    "weir COMMAND --help says more. To begin: weir serve --demo",
    "",
  ].join("\n");
}

/** The commands that share a first word. */
export function renderGroup(commands: readonly Command[]): string {
  return [
    ...columns(
      commands.map((command) => [`weir ${usage(command)}`, command.summary] as const),
      "",
    ),
    "",
    "--help after any of them says more.",
    "",
  ].join("\n");
}

export function renderHelp(command: Command): string {
  const flags = Object.entries(command.flags).map(
    ([name, flag]) => [`--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`, flag.description] as const,
  );
  const lines = [`weir ${usage(command)}${flags.length === 0 ? "" : " [flags]"}`, "", command.summary];
  if (command.aliases !== undefined) lines.push("", `The same: ${command.aliases.map((alias) => `weir ${alias}`).join(", ")}`);
  if (flags.length > 0) lines.push("", "Flags", ...columns(flags, "  "));
  if (command.examples.length > 0) lines.push("", "Examples", ...command.examples.map((example) => `  ${example}`));
  return `${lines.join("\n")}\n`;
}

const usage = (command: Command): string => (command.operands === "" ? command.name : `${command.name} ${command.operands}`);

function columns(rows: readonly (readonly [string, string])[], indent: string): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`);
}
