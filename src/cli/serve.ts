import { type Command, EXIT, type RunningServer } from "./command.ts";
import { type Config, markAdminKeyShown } from "../config/index.ts";
import { startServer } from "./start-server.ts";

/** A question that the sample documents answer. */
const DEMO_QUESTION = "How many vacation days do full-time employees have a year?";

export const serve: Command = {
  name: "serve",
  summary: "Runs the server until it is told to stop.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    port: { value: "PORT", description: "port to listen on; 0 picks a free one (WEIR_PORT, else 8080)" },
    host: { value: "HOST", description: "address to listen on (WEIR_HOST, else 127.0.0.1)" },
    data: { value: "DIR", description: "folder of database, journal, documents and keys (WEIR_DATA_DIR, else ./data)" },
    config: { value: "FILE", description: "config file (WEIR_CONFIG, else ./weir.yaml where it exists)" },
    "no-console": { value: undefined, description: "without the web console" },
    demo: { value: undefined, description: "with a demo tenant and sample documents to ask" },
  },
  examples: ["weir serve --demo", "weir serve --port 0 --data /var/lib/weir --config /etc/weir.yaml", "ANTHROPIC_API_KEY=… weir serve"],
  async run(args, deps) {
    const flags = {
      port: args.text("port"),
      host: args.text("host"),
      data: args.text("data"),
      config: args.text("config"),
      demo: args.on("demo"),
      console: !args.on("no-console"),
    };
    const config = await deps.loadConfig(flags);
    for (const warning of config.warnings) deps.terminal.err(`weir: warning: ${warning}\n`);
    const server = await startServer(config, "serve", deps, () => deps.loadConfig(flags));
    deps.onReload?.(() => void server.reload?.().catch(() => undefined));
    deps.terminal.out(`weir listening on ${server.url}\n`);
    deps.terminal.out(renderStart(config, server));
    if (config.adminKeyIsNew && config.databaseUrl === undefined) await markAdminKeyShown(config.dataDir, config.adminKey);
    await aborted(deps.signal);
    await server.drain();
    return EXIT.done;
  },
};

/** What whoever started it needs next: a key that is shown once, and for the demo a question to ask. */
export function renderStart(config: Config, server: RunningServer): string {
  const lines: string[] = [];
  if (config.adminKeyIsNew) {
    const kept = config.databaseUrl === undefined ? `It is kept in ${config.dataDir}/admin-key.` : "It is good until this server stops.";
    lines.push("", `Admin key, shown once: ${config.adminKey}`, kept);
  }
  if (server.demo !== undefined) {
    const { tenantKey, collection } = server.demo;
    const body = JSON.stringify({
      model: "auto",
      messages: [{ role: "user", content: DEMO_QUESTION }],
      rag: { enabled: true, collection },
    });
    lines.push("", `Address:         ${server.url}/v1`, `Demo tenant key: ${tenantKey}`, "", "Ask the sample documents:", "");
    lines.push(
      `curl ${server.url}/v1/chat/completions \\`,
      `  -H 'authorization: Bearer ${tenantKey}' \\`,
      "  -H 'content-type: application/json' \\",
      `  -d '${body}'`,
      "",
    );
    if (server.signInLink !== undefined)
      lines.push(
        "Open the console (this link signs one browser in, within 15 minutes; `weir console` prints another):",
        "",
        server.signInLink,
        "",
      );
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
