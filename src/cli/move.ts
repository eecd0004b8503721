import { join } from "node:path";
import { pid } from "node:process";
import { resolveDataDir } from "../config/index.ts";
import { CommandError, EXIT, type Command } from "./command.ts";

export const move: Command = {
  name: "move",
  summary: "Carries the embedded database of a data folder into an empty PostgreSQL.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    to: { value: "DATABASE_URL", description: "where to; env:NAME keeps the password out of the list of processes" },
    data: { value: "DIR", description: "data folder (WEIR_DATA_DIR, else ./data); no server may run on it" },
  },
  examples: ["weir move --to env:DATABASE_URL", "weir move --to postgres://weir@db.internal/weir --data /var/lib/weir"],
  async run(args, deps) {
    const named = args.text("to");
    if (named === undefined)
      throw new CommandError("weir move needs --to: postgres://USER:PASSWORD@HOST:PORT/NAME, or env:NAME.", EXIT.usage);
    const name = /^env:(.+)$/.exec(named)?.[1];
    const to = name === undefined ? named : deps.env[name];
    if (to === undefined || !/^postgres(?:ql)?:\/\/./.test(to))
      throw new CommandError(
        "--to must be postgres://USER:PASSWORD@HOST:PORT/NAME, or env:NAME of a variable that holds such.",
        EXIT.usage,
      );
    const dataDir = resolveDataDir({ data: args.text("data") }, deps.env, deps.cwd);
    const startedMs = deps.clock.monotonicMs();
    const step = (table: string): void => deps.terminal.err(`${table}\n`);
    const { moveToPostgres } = await import("../operate/index.ts");
    try {
      const { sums, kept } = await moveToPostgres({ clock: deps.clock, log: { warn: () => undefined }, pid, step }, { dataDir, to });
      const rows = Object.values(sums).reduce((all, one) => all + one.rows, 0);
      const seconds = ((deps.clock.monotonicMs() - startedMs) / 1000).toFixed(1);
      deps.terminal.out(
        `Moved ${String(rows)} rows of ${String(Object.keys(sums).length)} tables in ${seconds} s; counts and checksums are equal.\n`,
      );
      deps.terminal.out(
        `Start with DATABASE_URL set to it, and WEIR_SECRET set to the line in ${join(dataDir, "secret")}, on the same data folder.\n`,
      );
      deps.terminal.out(`The embedded database was kept as ${kept}. Delete it when all is well.\n`);
      return EXIT.done;
    } catch (error) {
      if (error instanceof Error && error.constructor === Error)
        throw new CommandError(`${error.message} Nothing was moved; the data folder is as it was.`);
      throw error;
    }
  },
};
