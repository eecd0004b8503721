import { answer } from "../chat/index.ts";
import { testWho, witness, type Witness } from "../chat/testing.ts";
import { authorise } from "../admit/index.ts";
import type { Principal } from "../domain/principal.ts";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { silentLog } from "../telemetry/index.ts";
import { chatCompletions, type ChatDeps } from "./chat-completions.ts";
import type { Endpoint } from "./endpoint.ts";
import { createHandler } from "./server.ts";
import { createStreamPacer } from "./stream-pacer.ts";

export const ADMIN: Principal = { kind: "admin", role: "admin" };

/** A handler over stand-in stages: `Bearer member` is a tenant's key, `Bearer admin` the platform's. */
export function testHandler(w: Witness = witness(), more: readonly Endpoint[] = [], change: Partial<ChatDeps> = {}) {
  const pacer = createStreamPacer(() => 0);
  const chat = chatCompletions({
    admit: () => ({ admitted: w.admitted, headers: { "x-ratelimit-limit-requests": "60" } }),
    answer: (call, admitted, signal) => answer(w.stages, call, admitted, signal),
    outputLimits: { defaultTokens: 4096, capTokens: undefined },
    pacer,
    live: new Set(),
    ...change,
  });
  return createHandler({
    endpoints: [chat, ...more],
    authenticate({ authorization }) {
      if (authorization === undefined) throw new Fault("key_missing");
      if (authorization === "Bearer member") return testWho;
      if (authorization === "Bearer admin") return ADMIN;
      throw new Fault("key_unknown");
    },
    authorise,
    clock: createFakeClock(1_700_000_000_000),
    log: silentLog,
    metrics: { http: () => undefined },
  });
}

export function postChat(body: unknown, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Request {
  return new Request("http://weir.test/v1/chat/completions", {
    method: "POST",
    headers: { authorization: "Bearer member", "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

export const hello = { model: "m", messages: [{ role: "user", content: "hi" }] };

/** The JSON of each `data:` line; `[DONE]` as it stands. */
export function dataLines(text: string): unknown[] {
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => (event === "data: [DONE]" ? "[DONE]" : (JSON.parse(event.slice(6)) as unknown)));
}
