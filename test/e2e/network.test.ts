import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { ADMIN_KEY, startWeir } from "./server.ts";

/** Certificates need openssl, which nearly every machine has. */
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
if (!hasOpenssl) console.log("skipped: TLS and private authorities, for there is no openssl on this machine");

let folder: string;
let model: Server;
let proxy: Server;
let tunnels = 0;
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve()));

/** A certificate of its own making for 127.0.0.1. */
function makeCertificate(name: string): void {
  const made = spawnSync("openssl", [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "30",
    "-subj",
    `/CN=${name}`,
    "-addext",
    "subjectAltName=IP:127.0.0.1",
    "-keyout",
    join(folder, `${name}.key`),
    "-out",
    join(folder, `${name}.crt`),
  ]);
  assert.equal(made.status, 0, String(made.stderr));
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = await mkdtemp(join(tmpdir(), "weir-network-"));
  for (const name of ["one", "two", "model"]) makeCertificate(name);
  const answer = {
    choices: [{ message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  };
  model = createTlsServer(
    { cert: await readFile(join(folder, "model.crt")), key: await readFile(join(folder, "model.key")) },
    (_, response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer)),
  );
  proxy = createServer();
  proxy.on("connect", (request, socket) => {
    tunnels++;
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await listen(model);
  await listen(proxy);
});
afterAll(async () => {
  if (!hasOpenssl) return;
  model.closeAllConnections();
  model.close();
  proxy.closeAllConnections();
  proxy.close();
  await rm(folder, { recursive: true, force: true });
});

const yamlOf = (trust: string, outbound: string, more = ""): string => `
providers:
  up: { kind: openai, baseUrl: "https://127.0.0.1:${portOf(model)}/v1", trust: ${trust} }
models:
  m: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 1 } }
outbound: ${outbound}
${more}`;
const ask = { model: "m", max_tokens: 10, messages: [{ role: "user", content: "Hello?" }] };

test.if(hasOpenssl)("a private authority is trusted where it is named, and a proxy is used for external providers alone", async () => {
  const ca = join(folder, "model.crt");
  const address = `http://127.0.0.1:${portOf(proxy)}`;
  const statusOf = async (yaml: string): Promise<number> => {
    const weir = await startWeir({ yaml });
    const { key } = await weir.tenant("acme");
    const { status } = await weir.chat(key, ask);
    await weir.close();
    return status;
  };
  assert.equal(await statusOf(yamlOf("private", "{}")), 502);
  assert.equal(await statusOf(yamlOf("private", `{ ca: ${ca}, proxy: "${address}" }`)), 200);
  assert.equal(tunnels, 0);
  assert.equal(await statusOf(yamlOf("external", `{ ca: ${ca}, proxy: "${address}" }`)), 200);
  assert.ok(tunnels > 0);
});

test.if(hasOpenssl)("HTTPS is served with the named certificate, and a renewed one is taken up without a restart", async () => {
  for (const end of ["crt", "key"]) await cp(join(folder, `one.${end}`), join(folder, `server.${end}`));
  const tls = `tls: { cert: ${join(folder, "server.crt")}, key: ${join(folder, "server.key")} }`;
  const weir = await startWeir({ yaml: yamlOf("private", "{}", tls) });
  assert.ok(weir.url.startsWith("https://"));
  const { port } = new URL(weir.url);
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.end();
      });
      socket.once("error", reject);
    });
  const reload = async (): Promise<Response> =>
    fetch(`${weir.url}/admin/v1/config/reload`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      tls: { rejectUnauthorized: false },
    });
  assert.equal(await shown(), "one");
  await cp(join(folder, "two.crt"), join(folder, "server.crt"));
  // Its key does not fit yet: the old certificate stays.
  assert.equal((await reload()).status, 409);
  assert.equal(await shown(), "one");
  await cp(join(folder, "two.key"), join(folder, "server.key"));
  assert.equal((await reload()).status, 200);
  assert.deepEqual([await shown(), await shown(), await shown()], ["two", "two", "two"]);
  await weir.close();
});

test("a certificate that is none, or of another key, stops the start with its place", async () => {
  const dir = await mkdtemp(join(tmpdir(), "weir-network-"));
  await writeFile(join(dir, "a.pem"), "no certificate");
  await assert.rejects(
    startWeir({ yaml: `tls: { cert: ${join(dir, "a.pem")}, key: ${join(dir, "b.pem")} }\n` }),
    /tls\.key.*cannot be read/s,
  );
  await assert.rejects(
    startWeir({ yaml: `tls: { cert: ${join(dir, "a.pem")}, key: ${join(dir, "a.pem")} }\n` }),
    /tls\.cert.*does not hold a certificate/s,
  );
  await rm(dir, { recursive: true });
});
