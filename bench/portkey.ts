/** Portkey's open gateway from npm, as docs/performance.md says: the peer that is measured in the same run. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../tools/suite/postgres-binaries.ts";
import { freePort } from "../tools/suite/port.ts";
import { runToEnd, start, wait, type Running } from "./process.ts";

const VERSION = "1.15.2";
/** Unpinned, it takes versions of these with which its OpenAI streaming answers 500. */
const MANIFEST = {
  private: true,
  type: "module",
  dependencies: { "@portkey-ai/gateway": VERSION },
  overrides: { hono: "4.9.7", "@hono/node-server": "1.13.5", "@hono/node-ws": "1.2.0" },
};

export type Portkey = { readonly url: string; readonly running: Running; readonly headers: Readonly<Record<string, string>> };

async function install(): Promise<string> {
  const folder = join(cacheFolder(), `portkey-${VERSION}`);
  const script = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (existsSync(script)) return script;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(MANIFEST));
  await runToEnd(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  return script;
}

export async function startPortkey(core: number, mockUrl: string): Promise<Portkey> {
  const script = await install();
  const port = await freePort();
  const running = start(["node", script, `--port=${port}`, "--headless"], { core, env: { NODE_ENV: "production" } });
  const url = `http://127.0.0.1:${port}`;
  const headers = { Authorization: "Bearer x", "x-portkey-provider": "openai", "x-portkey-custom-host": `${mockUrl}/v1` };
  for (let tries = 0; tries < 100; tries++) {
    if ((await fetch(url).catch(() => undefined)) !== undefined) return { url, running, headers };
    await wait(100);
  }
  throw new Error(`Portkey does not answer\n${running.output()}`);
}
