import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { systemClock } from "../kernel/clock.ts";
import type { Fault, FaultCode } from "../kernel/fault.ts";
import {
  BODY_FAULTS,
  createFakeUpstream,
  HEAD_FAULTS,
  POSITIONS,
  prose,
  refusedUrl,
  type FakeUpstream,
  type Position,
} from "../../test/upstream/index.ts";
import { createProviders } from "./providers.ts";
import type { Provider } from "./spec.ts";
import { askedOf, chatOf, configOf, gather, textOfParts, type Outcome } from "./testing.ts";

const KINDS = ["openai", "anthropic"] as const;
type Kind = (typeof KINDS)[number];
/** Short enough for a test, far above what a loopback answer takes. */
const HASTY = { firstByteMs: 800, idleMs: 800, totalMs: 8000 };
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
type BodyFault = (typeof BODY_FAULTS)[number];
const BODY: Readonly<Record<BodyFault, readonly [streamed: FaultCode, whole: FaultCode]>> = {
  stall: ["target_timeout", "target_timeout"],
  end: ["target_broken", "target_broken"],
  truncate: ["target_broken", "target_broken"],
  reset: ["target_broken", "target_broken"],
  malformed: ["target_broken", "target_broken"],
  error: ["target_failed", "target_failed"],
  "cut-character": ["target_broken", "target_broken"],
};
const HEAD: readonly (readonly [(typeof HEAD_FAULTS)[number], FaultCode])[] = [
  ["reset-head", "target_down"],
  ["end-head", "target_down"],
  ["slow-first-byte", "target_timeout"],
  ["garbage", "target_down"],
  ["redirect", "target_failed"],
  ["context", "context_too_long"],
];
const HEAD_STATUS: Readonly<Record<string, number>> = { redirect: 302, context: 400 };
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

type BodyCase = {
  readonly kind: Kind;
  readonly stream: boolean;
  readonly at: Position;
  readonly framing: string;
  readonly name: BodyFault;
};

function bodyCases(): readonly BodyCase[] {
  const framed = [true, false].flatMap((stream) => (stream ? ["chunked", "close"] : ["chunked"]).map((framing) => ({ stream, framing })));
  return KINDS.flatMap((kind) =>
    framed.flatMap((frame) => POSITIONS.flatMap((at) => BODY_FAULTS.map((name) => ({ kind, at, name, ...frame })))),
  );
}

async function checkBodyCase({ kind, stream, at, framing, name }: BodyCase): Promise<void> {
  const outcome = await ask(kind, stream, `fault=${name};at=${at};parts=${PARTS};framing=${framing}`);
  const [streamed, whole] = BODY[name];
  // A whole answer that came was paid for, though it cannot be used; an error in its place was not.
  try {
    checkBroken(outcome, stream ? streamed : whole, stream || name !== "error");
    // What came right before a broken connection may be lost with it; what is delivered is always from the start.
    if (!stream || name === "reset" || name === "truncate") return;
    assert.equal(textOfParts(outcome.parts), prose({ first: 0, middle: 4, last: 8 }[at]).join(""));
  } catch (error) {
    throw new Error(`${kind} ${stream} ${name} ${at} ${framing}`, { cause: error });
  }
}

describe("every fault of an upstream, by protocol, streamed and whole", () => {
  test("a fault inside an answer is told as what it is, at the first, a middle and the last part", async () => {
    const cases = bodyCases();
    assert.equal(cases.length, 2 * 7 * (3 * 2 + 3));
    await Promise.all(cases.map(checkBodyCase));
  });

  test("a fault before the answer is told as what it is", async () => {
    const cases: Promise<void>[] = [];
    const expect = async (asked: Promise<Outcome>, code: FaultCode, status?: number): Promise<void> => {
      const fault = checkBroken(await asked, code, code === "target_timeout" && status === undefined);
      assert.equal(fault.detail.upstreamStatus, status);
    };
    for (const kind of KINDS)
      for (const stream of [true, false]) {
        for (const [name, code] of HEAD) cases.push(expect(ask(kind, stream, `fault=${name}`), code, HEAD_STATUS[name]));
        for (const [status, code] of STATUSES) cases.push(expect(ask(kind, stream, `status=${status}`), code, status));
        cases.push(expect(ask(kind, stream, "", `${kind}-gone`), "target_down"));
      }
    cases.push(expect(ask("openai", true, "", "openai-lost"), "target_down"));
    await Promise.all(cases);
    assert.equal(HEAD.length, HEAD_FAULTS.length);
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
  const transport = createTransport({ clock: systemClock, deadlines, connection: openConnection({ viaProxy: false, tls: false }) });
  const provider = createWireProvider("planted", config.baseUrl, gullible, transport);
  const asked = askedOf("openai", chatOf("fault=end;at=middle"), HASTY);
  const outcome = await gather(provider.stream(asked, new AbortController().signal));
  assert.throws(() => checkBroken(outcome, "target_broken", true), /an answer was made up/);
});
