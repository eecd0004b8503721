import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemFetch } from "../kernel/outbound.ts";
import { createVaultWrapper } from "./index.ts";
import { bytesOf, createMemoryBlobs, encrypt, secretWrapper, ten, textOf } from "./testing.ts";

/** The transit engine's two operations, with keys of several versions, over a socket. */
function startTransit(token: string) {
  const versions = [randomBytes(32)];
  const asked: string[] = [];
  const answer = (path: string, body: Record<string, string>): { status: number; data?: Record<string, string> } => {
    const aad = Buffer.from(body["associated_data"] ?? "", "base64");
    if (path === "/v1/transit/encrypt/weir") {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", versions.at(-1) ?? "", nonce).setAAD(aad);
      const text = Buffer.concat([cipher.update(Buffer.from(body["plaintext"] ?? "", "base64")), cipher.final()]);
      return {
        status: 200,
        data: { ciphertext: `vault:v${versions.length}:${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64")}` },
      };
    }
    if (path !== "/v1/transit/decrypt/weir") return { status: 404 };
    const [, version, text] = /^vault:v(\d+):(.*)$/.exec(body["ciphertext"] ?? "") ?? [];
    const all = Buffer.from(text ?? "", "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", versions[Number(version) - 1] ?? "", all.subarray(0, 12))
        .setAAD(aad)
        .setAuthTag(all.subarray(12, 28));
      return { status: 200, data: { plaintext: Buffer.concat([decipher.update(all.subarray(28)), decipher.final()]).toString("base64") } };
    } catch {
      return { status: 400 };
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(request.url ?? "");
      const { status, data } =
        request.headers["x-vault-token"] === token
          ? answer(request.url ?? "", JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>)
          : { status: 403, data: undefined };
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify(data === undefined ? { errors: ["token s.4711"] } : { data }));
    });
  });
  return new Promise<{ address: string; asked: string[]; rotate(): void; close(): void }>((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        asked,
        rotate: () => void versions.push(randomBytes(32)),
        close: () => server.close(),
      }),
    );
  });
}

const vault = await startTransit("s.right");
afterAll(() => vault.close());
const wrapperWith = (token: string) =>
  createVaultWrapper({ fetch: systemFetch }, { address: vault.address, mount: "transit", key: "weir", token, namespace: undefined });

test("data keys are wrapped by the key service, which is asked once a key and not once an object", async () => {
  const blobs = createMemoryBlobs();
  const first = encrypt(blobs, wrapperWith("s.right")).objects;
  for (let at = 0; at < 10; at++) await first.putObject(ten, `files/${at}`, bytesOf("x"));
  const again = encrypt(blobs, wrapperWith("s.right")).objects;
  for (let at = 0; at < 10; at++) assert.equal(textOf(await again.getObject(ten, `files/${at}`)), "x");
  assert.deepEqual(vault.asked, ["/v1/transit/encrypt/weir", "/v1/transit/decrypt/weir"]);
});

test("a store moves from the secret to the key service, and from one version of its key to the next, without an object rewritten", async () => {
  const blobs = createMemoryBlobs();
  await encrypt(blobs, secretWrapper(1)).objects.putObject(ten, "files/a", bytesOf("words"));
  const sealed = blobs.held.get(`files/${ten}/a`);
  assert.deepEqual(await encrypt(blobs, wrapperWith("s.right"), secretWrapper(1)).keys.rewrap(), { rewrapped: 1, tenants: 1 });
  vault.rotate();
  assert.deepEqual(await encrypt(blobs, wrapperWith("s.right")).keys.rewrap(), { rewrapped: 1, tenants: 1 });
  assert.match([...blobs.held].map(([, bytes]) => Buffer.from(bytes).toString()).join(), /vault:v2:/);
  assert.equal(textOf(await encrypt(blobs, wrapperWith("s.right")).objects.getObject(ten, "files/a")), "words");
  assert.deepEqual(blobs.held.get(`files/${ten}/a`), sealed);
});

test("a token that is refused, a service that is away and a key of another context are told apart, without the service's own text", async () => {
  await assert.rejects(
    wrapperWith("s.wrong").wrap(new Uint8Array(32), "a"),
    (error: Error) => /refused objects\.kms\.token/.test(error.message) && !/4711|s\.wrong/.test(error.message),
  );
  const wrapped = await wrapperWith("s.right").wrap(new Uint8Array(32), "a");
  await assert.rejects(wrapperWith("s.right").unwrap(wrapped, "b"), { code: "object_damaged" });
  const away = createVaultWrapper(
    { fetch: systemFetch },
    { address: "http://127.0.0.1:1", mount: "transit", key: "weir", token: "x", namespace: undefined },
  );
  await assert.rejects(away.wrap(new Uint8Array(32), "a"), { code: "store_unavailable" });
});
