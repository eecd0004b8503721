import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { FILE_BYTES_MAX } from "../../src/kernel/limits.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";

const GIGABYTES_2 = 2 * 1024 ** 3;
/** What a body may be held as while it comes: its pieces, which end at the limit, and what the runtime reads ahead. */
const GROWTH_BYTES_MAX = 4 * FILE_BYTES_MAX;
const BOUNDARY = "weir-boundary";
const HEAD = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="huge.bin"\r\n\r\n`;

let weir: TestWeir;
let upstream: FakeUpstream;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  key = (await weir.tenant("acme")).key;
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

/** Sends zeros until it is answered or cut off, or `bytes` of them are gone. */
async function upload(bytes: number, announced: boolean): Promise<{ status: number; body: string; sent: number }> {
  const call = request(`${weir.url}/v1/files`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
      ...(announced ? { "content-length": String(bytes) } : {}),
    },
  });
  let answer: { status: number; body: string } | undefined;
  const answered = new Promise<void>((resolve) => {
    call.on("error", () => resolve());
    call.on("response", (response) => {
      let body = "";
      response.on("data", (piece: Buffer) => (body += piece.toString()));
      response.on("error", () => resolve());
      response.on("end", () => {
        answer = { status: response.statusCode ?? 0, body };
        resolve();
      });
    });
  });
  const state = { ended: false };
  void answered.then(() => (state.ended = true));
  call.write(HEAD);
  const piece = Buffer.alloc(1024 * 1024);
  let sent = 0;
  while (!state.ended && sent < bytes) {
    sent += piece.length;
    if (!call.write(piece)) await Promise.race([once(call, "drain").catch(() => undefined), answered]);
  }
  await answered;
  call.destroy();
  assert.ok(answer !== undefined, "it was answered");
  return { ...answer, sent };
}

test("a file of two gigabytes is refused in words: by what it announces before it is read, else at the limit, in bounded memory", async () => {
  const said = await upload(GIGABYTES_2, true);
  assert.equal(said.status, 413);
  assert.match(said.body, /larger than the \d+ bytes/);
  assert.ok(said.sent < FILE_BYTES_MAX, `${said.sent} bytes were sent`);
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  const streamed = await upload(GIGABYTES_2, false);
  const grown = process.memoryUsage.rss() - before;
  assert.equal(streamed.status, 413);
  assert.ok(streamed.sent < 4 * FILE_BYTES_MAX, `${streamed.sent} bytes were sent`);
  assert.ok(grown < GROWTH_BYTES_MAX, `${Math.round(grown / 1024 / 1024)} MB more`);
  console.log(
    `# 2 GB: refused after ${Math.round(said.sent / 1e6)} MB where announced, ${Math.round(streamed.sent / 1e6)} MB where not; ${Math.round(grown / 1e6)} MB of memory`,
  );
});
