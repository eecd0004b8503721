import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { systemClock } from "../kernel/clock.ts";
import type { Fault, FaultCode } from "../kernel/fault.ts";
import {
  createFakeUpstream,
  HEAD_FAULTS,
  POSITIONS,
  prose,
  refusedUrl,
  type FakeUpstream,
  type FaultName,
} from "../../test/upstream/index.ts";
import { createProviders } from "./providers.ts";
import type { Provider } from "./spec.ts";
import { askedOf, chatOf, configOf, gather, textOfParts, type Outcome } from "./testing.ts";

const KINDS = ["openai", "anthropic"] as const;
type Kind = (typeof KINDS)[number];
/** Short enough for a test, far above what a loopback answer takes. */
const HASTY = { firstByteMs: 400, idleMs: 400, totalMs: 5000 };
const PARTS = 9;

let upstream: FakeUpstream;
let providers: ReadonlyMap<string, Provider>;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  const gone = await refusedUrl();
  const deps = { clock: systemClock, cacheSalt: () => "salt" };
  const here = [configOf("openai", upstream.openaiBaseUrl), configOf("anthropic", upstream.anthropicBaseUrl)];
  const nowhere = [configOf("openai", `${gone}/v1`, { name: "openai-gone" }), configOf("anthropic", gone, { name: "anthropic-gone" })];
  const external = [configOf("openai", "http://no-such-host.invalid/v1", { name: "openai-lost", trust: "external" })];
  providers = createProviders([...here, ...nowhere, ...external], deps);
});
afterAll(() => upstream.close());

function ask(kind: Kind, stream: boolean, words: string, name: string = kind): Promise<Outcome> {
  const provider = providers.get(name);
  assert.ok(provider);
  return gather(provider.stream(askedOf(kind, chatOf(`Tell me. ${words}`, { stream }), HASTY), new AbortController().signal));
}

/** What every broken call owes, whatever broke it. */
function checkBroken({ parts, fault }: Outcome, expected: FaultCode, spent: boolean): Fault {
  assert.ok(fault, "an answer was made up");
  assert.equal(fault.code, expected);
  assert.equal(parts.filter((part) => part.type === "finish").length, 0, "a finish was made up");
  assert.equal(fault.detail.spent === true, spent);
  assert.ok(!JSON.stringify([fault.message, fault.detail]).includes("secret"), "the upstream's words were passed on");
  assert.ok(prose(PARTS).join("").startsWith(textOfParts(parts)), "parts were changed");
  if (spent) assert.equal(parts.at(-1)?.type, "usage");
  return fault;
}

/** Code of each fault inside a stream, and in a whole answer. */
const BODY: Readonly<Record<string, readonly [streamed: FaultCode, whole: FaultCode]>> = {
  stall: ["target_timeout", "target_timeout"],
  end: ["target_broken", "target_broken"],
  truncate: ["target_broken", "target_broken"],
  reset: ["target_broken", "target_broken"],
  malformed: ["target_broken", "target_broken"],
  error: ["target_failed", "target_failed"],
  "cut-character": ["target_broken", "target_broken"],
};
const HEAD: Readonly<Record<(typeof HEAD_FAULTS)[number], FaultCode>> = {
  "reset-head": "target_down",
  "end-head": "target_down",
  "slow-first-byte": "target_timeout",
  garbage: "target_down",
  redirect: "target_failed",
  context: "context_too_long",
};
const STATUSES: readonly (readonly [status: number, code: FaultCode])[] = [
  [400, "target_refused"],
  [401, "target_denied"],
  [402, "target_denied"],
  [403, "target_denied"],
  [404, "target_missing"],
  [408, "target_timeout"],
  [409, "target_failed"],
  [413, "context_too_long"],
  [418, "target_failed"],
  [422, "target_refused"],
  [429, "target_busy"],
  [500, "target_failed"],
  [503, "target_failed"],
  [529, "target_busy"],
];

describe("every fault of an upstream, by protocol, streamed and whole", () => {
  test("a fault inside an answer is told as what it is, at the first, a middle and the last part", async () => {
    const cases: Promise<void>[] = [];
    for (const kind of KINDS)
      for (const stream of [true, false])
        for (const at of POSITIONS)
          for (const framing of stream ? ["chunked", "close"] : ["chunked"])
            for (const [name, [streamed, whole]] of Object.entries(BODY)) {
              const check = async (): Promise<void> => {
                const outcome = await ask(kind, stream, `fault=${name};at=${at};parts=${PARTS};framing=${framing}`);
                const parsed = ["end", "malformed", "error", "cut-character"].includes(name);
                const about = `${kind} ${stream} ${name} ${at} ${framing}`;
                try {
                  checkBroken(outcome, stream ? streamed : whole, stream || !parsed);
                  // What came right before a broken connection may be lost with it; what is delivered is always from the start.
                  if (stream && name !== "reset" && name !== "truncate")
                    assert.equal(textOfParts(outcome.parts), prose(at === "first" ? 0 : at === "middle" ? 4 : 8).join(""));
                } catch (error) {
                  throw new Error(about, { cause: error });
                }
              };
              cases.push(check());
            }
    await Promise.all(cases);
    assert.equal(cases.length, 2 * 7 * (3 * 2 + 3));
  });

  test("a fault before the answer is told as what it is", async () => {
    const cases: Promise<void>[] = [];
    for (const kind of KINDS)
      for (const stream of [true, false]) {
        for (const name of HEAD_FAULTS)
          cases.push(
            ask(kind, stream, `fault=${name}`).then((outcome) => {
              checkBroken(outcome, HEAD[name], HEAD[name] === "target_timeout");
            }),
          );
        for (const [status, code] of STATUSES)
          cases.push(
            ask(kind, stream, `status=${status}`).then((outcome) => {
              assert.equal(checkBroken(outcome, code, false).detail.upstreamStatus, status);
            }),
          );
        cases.push(ask(kind, stream, "", `${kind}-gone`).then((outcome) => void checkBroken(outcome, "target_down", false)));
      }
    cases.push(ask("openai", true, "", "openai-lost").then((outcome) => void checkBroken(outcome, "target_down", false)));
    await Promise.all(cases);
    assert.equal(cases.length, 4 * (6 + 14 + 1) + 1);
  });

  test("retry-after travels as milliseconds, from seconds and from a date", async () => {
    const { fault } = await ask("openai", true, "status=429;retry-after=7");
    assert.equal(fault?.detail.retryAfterMs, 7000);
    assert.equal((await ask("anthropic", false, "status=529;retry-after=2.5")).fault?.detail.retryAfterMs, 2500);
  });

  test("after all of it no call is open at the upstream but the ones it was told to hold, and those are closed", async () => {
    await upstream.until(() => upstream.active === 0);
    assert.equal(upstream.active, 0);
    const held = upstream.calls.filter((call) => call.state === "aborted");
    // 2 protocols: stalls streamed twice 3 and whole 3; slow and garbage, streamed and whole.
    assert.equal(held.length, 2 * (9 + 4));
  });
});

test("an answer whole but for its [DONE] is an answer, and its usage is the upstream's", async () => {
  for (const framing of ["chunked", "close"]) {
    const { parts, fault } = await ask("openai", true, `done=no;parts=${PARTS};framing=${framing}`);
    assert.equal(fault, undefined);
    assert.equal(parts.at(-1)?.type, "finish");
    assert.equal(textOfParts(parts), prose(PARTS).join(""));
  }
});

test("planted: a reader that takes the end of the connection for the end of the answer is caught", async () => {
  const { createWireProvider } = await import("./wire-provider.ts");
  const { createOpenAiWire } = await import("./openai/index.ts");
  const { createTransport, openConnection } = await import("./transport.ts");
  const { createDeadlines } = await import("./deadlines.ts");
  const config = configOf("openai", upstream.openaiBaseUrl);
  const wire = createOpenAiWire(config, () => "salt");
  const gullible = {
    ...wire,
    createStreamReader: (asked: Parameters<typeof wire.createStreamReader>[0]) => ({
      ...wire.createStreamReader(asked),
      finish: () => ({ type: "finish", upstreamId: undefined, upstreamModel: undefined }) as const,
    }),
  };
  const deadlines = createDeadlines({ clock: systemClock, every: () => () => undefined });
  const transport = createTransport({ clock: systemClock, deadlines, connection: openConnection({ viaProxy: false }) });
  const provider = createWireProvider("planted", config.baseUrl, gullible, transport);
  const asked = askedOf("openai", chatOf("fault=end;at=middle"), HASTY);
  const outcome = await gather(provider.stream(asked, new AbortController().signal));
  assert.throws(() => checkBroken(outcome, "target_broken", true), /an answer was made up/);
});

const _everyBodyFaultIsListed: readonly FaultName[] = ["stall", "end", "truncate", "reset", "malformed", "error", "cut-character"];
assert.deepEqual(Object.keys(BODY), _everyBodyFaultIsListed);
