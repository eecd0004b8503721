import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../../kernel/clock.ts";
import { createTarget } from "./target.ts";

const ASK = { method: "POST", path: "/v1/chat/completions", body: { kind: "json", value: {} } } as const;
const answer = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  Response.json({ error: { code } }, { status, headers });

function start(answers: readonly (() => Response)[], renew?: () => Promise<string>) {
  const clock = createFakeClock(0);
  const waits: number[] = [];
  const keys: string[] = [];
  let key = "first";
  const stop = new AbortController();
  const target = createTarget(
    {
      clock,
      signal: stop.signal,
      wait: async (ms) => void waits.push(ms),
      fetch: async (_url, init) => {
        init.signal?.throwIfAborted();
        keys.push(new Headers(init.headers).get("authorization") ?? "");
        const next = answers[keys.length - 1];
        if (next === undefined) throw new TypeError("no more answers");
        return next();
      },
    },
    {
      url: "http://127.0.0.1:1",
      key: () => key,
      timeoutMs: 1000,
      ...(renew === undefined ? {} : { renewKey: async () => (key = await renew()) }),
    },
  );
  return { target, waits, keys, stop };
}

test("a 429 is asked again after the time that it names, and four times at most", async () => {
  const limited = (): Response => answer(429, "rate_limit_exceeded", { "retry-after": "2" });
  const once = start([limited, () => answer(400, "injection_blocked")]);
  const reply = await once.target.ask(ASK);
  assert.deepEqual([reply.code, reply.tries, once.waits], ["injection_blocked", 2, [2000]]);
  const always = start([limited, limited, limited, limited, limited]);
  assert.equal((await always.target.ask(ASK)).status, 429);
  assert.equal(always.keys.length, 4);
});

test("a spent budget, a long wait and a refusal are not asked again", async () => {
  for (const response of [
    () => answer(429, "insufficient_quota", { "retry-after": "5", "x-should-retry": "false" }),
    () => answer(429, "rate_limit_exceeded", { "retry-after": "31" }),
    () => answer(400, "injection_blocked", { "retry-after": "1" }),
    () => answer(503, "guard_failed"),
  ]) {
    const { target, keys, waits } = start([response, response]);
    await target.ask(ASK);
    assert.deepEqual([keys.length, waits.length], [1, 0]);
  }
});

test("a suspended key is changed for a new one where there is one, once for each request", async () => {
  const suspended = (): Response => answer(403, "key_suspended");
  const { target, keys } = start([suspended, () => Response.json({ choices: [] })], async () => "second");
  assert.equal((await target.ask(ASK)).status, 200);
  assert.deepEqual(keys, ["Bearer first", "Bearer second"]);
  const without = start([suspended]);
  assert.equal((await without.target.ask(ASK)).code, "key_suspended");
  const again = start([suspended, suspended, suspended], async () => "next");
  assert.equal((await again.target.ask(ASK)).code, "key_suspended");
  assert.equal(again.keys.length, 2);
});

test("a connection that fails is a reply without status; a stopped run rejects", async () => {
  const failing = start([]);
  const reply = await failing.target.ask(ASK);
  assert.deepEqual([reply.status, reply.failure], [0, "the connection failed"]);
  failing.stop.abort();
  await assert.rejects(failing.target.ask(ASK));
});

test("an answer without end is cut at four million characters", async () => {
  const endless = (): Response => {
    const piece = new TextEncoder().encode("a".repeat(1024 * 1024));
    return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(piece) }), { status: 200 });
  };
  const { target } = start([endless]);
  const { raw } = await target.ask(ASK);
  assert.ok(raw.length > 4 * 1024 * 1024 && raw.length <= 6 * 1024 * 1024, `${raw.length}`);
});
