import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import { silentLog } from "../telemetry/index.ts";
import { type RunningServer, startServer } from "./listen.ts";
import { readText } from "./body.ts";

const READS_BYTES = 1000;
let server: RunningServer;
beforeAll(() => {
  server = startServer(
    {
      endpoints: [
        {
          method: "POST",
          path: "/read",
          allow: "public",
          handle: async ({ request }) => new Response(String((await readText(request, READS_BYTES)).length)),
        },
      ],
      authenticate: () => assert.fail("nobody is asked for"),
      authorise: () => undefined,
      clock: createFakeClock(1_700_000_000_000),
      log: silentLog,
      metrics: { http: () => undefined },
    },
    { host: "127.0.0.1", port: 0 },
  );
});
afterAll(() => server.stop());

/** What is answered to a request that announces so many bytes and sends none of them. */
async function announce(bytes: number): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(`POST /read HTTP/1.1\r\nhost: weir\r\ncontent-length: ${bytes}\r\n\r\n`);
  let said = "";
  for await (const piece of socket) {
    said += String(piece);
    if (said.includes("}}") || said.endsWith("\r\n\r\n")) break;
  }
  socket.destroy();
  return said;
}

test("a body that is too large is refused in words, whatever length it announces", async () => {
  const lengths = [READS_BYTES + 1, FILE_BYTES_MAX + 2 * 1024 * 1024, 1024 ** 4];
  for (const bytes of lengths) {
    const said = await announce(bytes);
    assert.match(said, /^HTTP\/1\.1 413 /);
    assert.match(said, /"message":"The body is larger than the 1000 bytes that this address reads\."/);
  }
  console.log(`# large bodies: ${lengths.length} lengths refused in words`);
});
