export { runCommandLine } from "./run.ts";
export { createTerminal } from "./terminal.ts";
export type { Terminal } from "./terminal.ts";
export { listModels } from "./list-models.ts";
export type { CliDeps, RunningServer } from "./command.ts";
export { COMMANDS } from "./commands.ts";
