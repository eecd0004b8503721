import { test } from "bun:test";
import assert from "node:assert/strict";
import { isLoopback } from "./loopback.ts";

test("this machine is told from hosts whose names begin like it", () => {
  const hostOf = (host: string): string => new URL(`http://${host}/`).hostname;
  const own = ["localhost", "LOCALHOST", "127.0.0.1", "127.9.8.7", "127.1", "0x7f.1", "[::1]", "[0:0:0:0:0:0:0:1]"];
  const others = ["127.0.0.1.evil.example", "127.evil.example", "localhost.evil.example", "128.0.0.1", "0.0.0.0", "[::2]", "evil.example"];
  assert.deepEqual(
    own.filter((host) => !isLoopback(hostOf(host))),
    [],
  );
  assert.deepEqual(
    others.filter((host) => isLoopback(hostOf(host))),
    [],
  );
});
