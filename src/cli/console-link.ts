import { type Command, CommandError, EXIT } from "./command.ts";
import { readEnv, resolveDataDir } from "../config/index.ts";
import { createApi } from "./api.ts";
import { fetchLocally, readKey, toLoopback } from "./reach.ts";
import { findText } from "./read.ts";

export const consoleLink: Command = {
  name: "console",
  summary: "Prints a link that signs one browser in to the web console, as the admin key.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    data: { value: "DIR", description: "data folder of the server on this machine (WEIR_DATA_DIR, else ./data)" },
    url: { value: "URL", description: "a server elsewhere, instead of the data folder's" },
    key: { value: "KEY", description: "its admin key, or env:NAME or file:PATH; with --url (else WEIR_ADMIN_KEY)" },
  },
  examples: ["weir console", "weir console --url https://weir.example.com --key env:WEIR_ADMIN_KEY"],
  async run(args, deps) {
    const { url, key } = await findServer(args, deps);
    const api = createApi({ url, key, fetch: fetchLocally(url, deps), signal: deps.signal });
    const link = findText(await api.post("/console/links", { key }), "url");
    if (link === undefined) throw new CommandError(`The server at ${url} has no console.`);
    deps.terminal.out(`${link}\n`);
    deps.terminal.err("It signs one browser in, within 15 minutes.\n");
    return EXIT.done;
  },
};

/** Only a server that runs can let a browser in: this command makes none. */
const findServer: (...of: Parameters<Command["run"]>) => Promise<{ readonly url: string; readonly key: string }> = async (args, deps) => {
  const url = args.text("url");
  const given = args.text("key");
  if (url !== undefined) {
    const key = given === undefined ? readEnv(deps.env, "WEIR_ADMIN_KEY") : await readKey(given, deps);
    if (key === undefined) throw new CommandError("--url needs a key: --key KEY, --key env:NAME, or WEIR_ADMIN_KEY.", EXIT.usage);
    return { url, key };
  }
  const dataDir = resolveDataDir({ data: args.text("data") }, deps.env, deps.cwd);
  const holder = await deps.findServer(dataDir);
  if (holder?.url === undefined || holder.key === undefined)
    throw new CommandError(`No server runs on the data folder ${dataDir}. Start one with \`weir serve --data ${dataDir}\`.`);
  return { url: toLoopback(holder.url), key: given === undefined ? holder.key : await readKey(given, deps) };
};
