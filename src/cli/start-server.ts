import type { Config } from "../config/index.ts";
import { type CliDeps, CommandError, type RunningServer } from "./command.ts";
import { fieldOf, findText } from "./read.ts";

/** Makes the server. What stops a start (a port in use, a folder that another process has, a database that is too new) is said in a sentence. */
export async function startServer(
  config: Config,
  mode: "serve" | "command",
  deps: CliDeps,
  load?: () => Promise<Config>,
): Promise<RunningServer> {
  try {
    return await deps.compose(config, mode, load);
  } catch (error) {
    const reason = whyNotStarted(error, config);
    throw reason === undefined ? error : new CommandError(`The server could not start. ${reason}`);
  }
}

function whyNotStarted(error: unknown, config: Config): string | undefined {
  const at = `${config.host}:${String(config.port)}`;
  const path = findText(error, "path");
  switch (fieldOf(error, "code")) {
    case "EADDRINUSE":
      return `Another program listens on ${at}. Choose another port with --port, or 0 for a free one.`;
    case "EADDRNOTAVAIL":
      return `This machine has no address ${config.host}. Choose another with --host.`;
    case "EACCES":
      if (path !== undefined) return `This user may not use ${path}.`;
      return `This user may not listen on ${at}. Ports below 1024 are the system's.`;
    case "EINVAL":
      // The runtime's word for a name that has no address.
      return findText(error, "syscall") === "listen" ? `There is no address ${config.host}. Choose another with --host.` : undefined;
    default:
      // Parts throw a plain Error, worded for the operator, where a start cannot be; any other class is a bug, and says nothing here.
      return error instanceof Error && error.constructor === Error ? error.message : undefined;
  }
}
