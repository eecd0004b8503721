import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHAT_ANSWER } from "./payload.ts";
import { start, type Running } from "./process.ts";
import { freePort } from "../tools/suite/port.ts";

export type NginxServer = { readonly url: string; readonly running: Running };

/** One worker, no logs, connections that never close by count: nginx at its fastest. */
function config(folder: string, server: string, upstream = ""): string {
  return `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; default_type application/json;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${upstream}
  server { ${server} }
}
`;
}

async function launch(folder: string, core: number, text: (port: number) => string): Promise<NginxServer> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(file, text(port));
  const running = start(["nginx", "-e", "stderr", "-p", folder, "-c", file], { core });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if ((await fetch(`${url}/v1/models`).catch(() => undefined))?.ok === true) return { url, running };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nginx does not answer on ${url}\n${running.output()}`);
}

/** The mock upstream: the same OpenAI answer to everything, at once. */
export const startMock = (folder: string, core: number): Promise<NginxServer> =>
  launch(join(folder, "mock"), core, (port) =>
    config(join(folder, "mock"), `listen 127.0.0.1:${port}; location / { return 200 '${CHAT_ANSWER.replaceAll("'", "\\'")}'; }`),
  );

/** The control: nothing but a proxy that passes the bytes on. */
export const startProxy = (folder: string, core: number, upstreamUrl: string): Promise<NginxServer> =>
  launch(join(folder, "proxy"), core, (port) =>
    config(
      join(folder, "proxy"),
      `listen 127.0.0.1:${port}; location / { proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; }`,
      `upstream mock { server ${new URL(upstreamUrl).host}; keepalive 128; keepalive_requests 1000000000; }`,
    ),
  );
