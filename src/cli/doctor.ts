import { pid } from "node:process";
import { ConfigError, renderProblem, resolveDataDir, type Config } from "../config/index.ts";
import { createApi } from "./api.ts";
import { EXIT, type Args, type CliDeps, type Command, CONFIG_FLAGS } from "./command.ts";
import { fetchLocally, toLoopback } from "./reach.ts";
import { fieldOf } from "./read.ts";
import { printable } from "./terminal.ts";

const MARKS = { ok: "ok      ", warning: "warning ", problem: "PROBLEM " } as const;
type Line = { readonly state: keyof typeof MARKS; readonly about: string; readonly say: string; readonly todo?: string | undefined };

export const doctor: Command = {
  name: "doctor",
  summary: "Looks at everything that a server needs and says what is wrong and what to do. Exit code 1 where something is.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: CONFIG_FLAGS,
  examples: ["weir doctor", "weir doctor --config /etc/weir.yaml --data /var/lib/weir"],
  async run(args, deps) {
    let problems = 0;
    const tell = ({ state, about, say, todo }: Line): void => {
      if (state === "problem") problems++;
      deps.terminal.out(`${MARKS[state]} ${about}: ${printable(say)}\n`);
      if (todo !== undefined) deps.terminal.out(`          → ${printable(todo)}\n`);
    };
    const config = await readConfig(args, deps, tell);
    if (config !== undefined) {
      const { examine } = await import("../operate/index.ts");
      for await (const finding of examine({ clock: deps.clock, pid, fetch: await deps.reachServices(config.outbound.ca) }, config))
        tell(finding);
      await askServer(config, deps, tell);
    }
    deps.terminal.out(problems === 0 ? "All is well.\n" : `${String(problems)} ${problems === 1 ? "problem" : "problems"}.\n`);
    return problems === 0 ? EXIT.done : EXIT.failed;
  },
};

async function readConfig(args: Args, deps: CliDeps, tell: (line: Line) => void): Promise<Config | undefined> {
  try {
    const config = await deps.loadConfig({ data: args.text("data"), config: args.text("config") });
    tell({ state: "ok", about: "configuration", say: config.file ?? "from the environment" });
    for (const say of config.warnings) tell({ state: "warning", about: "configuration", say });
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const one of error.problems) tell({ state: "problem", about: "configuration", say: renderProblem(one) });
    return undefined;
  }
}

/** Where a server runs on the folder, it knows best whether it is well. */
async function askServer(config: Config, deps: CliDeps, tell: (line: Line) => void): Promise<void> {
  const holder = await deps.findServer(resolveDataDir({ data: config.dataDir }, deps.env, deps.cwd));
  if (holder?.url === undefined) return;
  try {
    const url = toLoopback(holder.url);
    await createApi({ url, key: holder.key ?? "", fetch: fetchLocally(url, deps), signal: deps.signal }).get("/readyz");
    tell({ state: "ok", about: "server", say: `${holder.url} is ready` });
  } catch (error) {
    const say = `${holder.url} is not ready${error instanceof Error ? ` (${error.message})` : ""}`;
    tell({
      state: fieldOf(error, "status") === undefined ? "warning" : "problem",
      about: "server",
      say,
      todo: "Its log says why; GET /readyz names the part.",
    });
  }
}
