import { ConfigError } from "../config/index.ts";
import { Fault } from "../kernel/fault.ts";
import { type CliDeps, CommandError, EXIT } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { renderGroup, renderHelp, renderOverview } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { findText } from "./read.ts";

/** Runs one command line and resolves to the exit code. Throws only what nobody foresaw. */
export async function runCommandLine(argv: readonly string[], deps: CliDeps): Promise<number> {
  const { terminal } = deps;
  try {
    const parsed = parseCommandLine(argv, COMMANDS);
    if (parsed.kind === "version") terminal.out(`weir ${deps.version}\n`);
    else if (parsed.kind === "group-help") terminal.out(renderGroup(parsed.commands));
    else if (parsed.kind === "help") terminal.out(parsed.command === undefined ? renderOverview(COMMANDS) : renderHelp(parsed.command));
    else return await parsed.command.run(parsed.args, deps);
    return EXIT.done;
  } catch (error) {
    if (error instanceof ConfigError) {
      const count = error.problems.length === 1 ? "is a problem" : `are ${String(error.problems.length)} problems`;
      terminal.err(`weir cannot start: there ${count} in its configuration.\n${error.message.replace(/^/gm, "  ")}\n`);
      return EXIT.usage;
    }
    if (error instanceof CommandError || error instanceof Fault) {
      terminal.err(`weir: ${error.message}\n`);
      return error instanceof CommandError ? error.exitCode : EXIT.failed;
    }
    const path = findText(error, "path");
    if (path !== undefined && ["EACCES", "EPERM"].includes(findText(error, "code") ?? "")) {
      terminal.err(`weir: This user may not use ${path}.\n`);
      return EXIT.failed;
    }
    throw error;
  }
}
