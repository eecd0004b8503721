/** The real server on a data folder, as a process of its own. */
import { join } from "node:path";
import { start } from "../process.ts";

export const ADMIN_KEY = "bench-admin-key-0123456789";
const START_MS_MAX = 120_000;

export type BenchServer = {
  readonly url: string;
  /** Of processor time, all its threads together. */
  cpuSeconds(): number;
  stop(): Promise<void>;
};

export async function startServer(dataDir: string): Promise<BenchServer> {
  const main = join(import.meta.dirname, "../../src/main.ts");
  const server = start([process.execPath, main, "serve", "--port", "0", "--data", dataDir, "--no-console"], {
    env: { WEIR_ADMIN_KEY: ADMIN_KEY },
    cwd: dataDir,
  });
  const line = await server.line(/weir listening on (\S+)/, START_MS_MAX);
  const url = /listening on (http:\S+)/.exec(line)?.[1];
  if (url === undefined) throw new Error(`the server said: ${line}`);
  return { url, cpuSeconds: server.cpuSeconds, stop: server.stop };
}
