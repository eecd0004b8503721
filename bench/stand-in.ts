/**
 * What Weir would cost if it did nothing: Bun.serve and fetch, the body passed on, with just enough of the admin API to be benched in Weir's
 * place. It is the ceiling in the table, and the bench is tried on it: `bun bench/main.ts --gateway "bun bench/stand-in.ts" --quick`.
 */
import { readFileSync } from "node:fs";

/** Read by Bun at process start only, so the process starts itself again with it. */
const FETCHES_MAX = "BUN_CONFIG_MAX_HTTP_REQUESTS";
if (process.env[FETCHES_MAX] === undefined) {
  process.execve?.(process.execPath, [process.execPath, ...process.argv.slice(1)], { ...process.env, [FETCHES_MAX]: "8192" });
}

const configFile = process.argv[process.argv.indexOf("--config") + 1] ?? "";
const upstream = readFileSync(configFile, "utf8").match(/baseUrl: "([^"]+)"/)?.[1] ?? "";
let calls = 0;

async function answer(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path === "/v1/chat/completions") {
    const body = await request.text();
    const response = await fetch(`${upstream}/chat/completions`, { method: "POST", body, headers: { "content-type": "application/json" } });
    calls++;
    const headers = { "content-type": response.headers.get("content-type") ?? "application/json" };
    if (headers["content-type"].startsWith("text/event-stream")) return new Response(response.body, { headers });
    return new Response(await response.text(), { headers });
  }
  if (path === "/metrics") return new Response("weir_journal_backlog_bytes 0\n");
  if (path === "/admin/v1/usage") return Response.json({ data: [], totals: { calls } });
  if (path.endsWith("/keys")) return Response.json({ id: "key_0", key: `bench-${calls}` }, { status: 201 });
  return Response.json({}, { status: request.method === "POST" ? 201 : 200 });
}

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch: answer });
process.on("SIGTERM", () => process.exit(0));
console.log(`weir listening on http://127.0.0.1:${server.port}`);
