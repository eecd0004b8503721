import type { Clock } from "../../kernel/clock.ts";
import type { Ask, AskBody } from "./probe.ts";
import { noReply, readBody, type Reply } from "./reply.ts";

/** A live server, asked as an ordinary client asks. */
export type Target = {
  /** Never rejects but when the run is stopped: what goes wrong is in the reply. */
  ask(asked: Ask): Promise<Reply>;
};

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type TargetDeps = {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Resolves after so long; rejects when the run is stopped. */
  readonly wait: (ms: number) => Promise<void>;
  /** Stops the run. Undefined: nothing does, as when what was made is taken away. */
  readonly signal: AbortSignal | undefined;
};

export type TargetOptions = {
  readonly url: string;
  /** The key of asks that name none. */
  readonly key: () => string;
  /** A new key where the server has suspended that one; undefined where there is none to be had. */
  readonly renewKey?: () => Promise<string | undefined>;
  readonly timeoutMs: number;
};

/** Asked again on 429 and on a busy 503, which are said before anything was done. */
const TRIES_MAX = 4;
/** A longer wait is for a budget or a quota, and the probe says nothing. */
const RETRY_AFTER_MS_MAX = 30_000;
const RETRY_AFTER_MS_DEFAULT = 500;
/** No answer of a probe needs more; a server that sends on without end is cut here. */
const REPLY_CHARS_MAX = 4 * 1024 * 1024;

export function createTarget(deps: TargetDeps, options: TargetOptions): Target {
  const once = async (asked: Ask, tries: number): Promise<{ reply: Reply; retryAfterMs: number | undefined }> => {
    const startMs = deps.clock.monotonicMs();
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = deps.signal === undefined ? timeout : AbortSignal.any([deps.signal, timeout]);
    const taken = (): number => deps.clock.monotonicMs() - startMs;
    try {
      const response = await deps.fetch(`${options.url}${asked.path}`, { ...toInit(asked, asked.key ?? options.key()), signal });
      const contentType = response.headers.get("content-type") ?? "";
      const raw = await readText(response);
      const reply: Reply = { ...readBody(raw, contentType), status: response.status, raw, contentType, latencyMs: taken(), tries };
      return { reply, retryAfterMs: retryAfterOf(response) };
    } catch (error) {
      if (deps.signal?.aborted === true) throw error;
      const failure = timeout.aborted ? `no answer within ${String(options.timeoutMs / 1000)} s` : "the connection failed";
      return { reply: noReply(failure, taken(), tries), retryAfterMs: undefined };
    }
  };
  return {
    async ask(asked) {
      let renewed = false;
      for (let tries = 1; ; tries++) {
        const { reply, retryAfterMs } = await once(asked, tries);
        if (reply.code === "key_suspended" && asked.key === undefined && !renewed && options.renewKey !== undefined) {
          renewed = true;
          if ((await options.renewKey()) !== undefined) continue;
        }
        if (retryAfterMs === undefined || retryAfterMs > RETRY_AFTER_MS_MAX || tries >= TRIES_MAX) return reply;
        await deps.wait(retryAfterMs);
      }
    },
  };
}

function toInit(asked: Ask, key: string): RequestInit {
  const auth = { authorization: `Bearer ${key}` };
  // A redirect would take the key elsewhere.
  const base = { method: asked.method, redirect: "error" as const };
  if (asked.body === undefined) return { ...base, headers: { ...auth, ...asked.headers } };
  const { body, headers } = toBody(asked.body);
  return { ...base, headers: { ...auth, ...headers, ...asked.headers }, body };
}

function toBody(body: AskBody): { body: NonNullable<RequestInit["body"]>; headers: Record<string, string> } {
  switch (body.kind) {
    case "json":
      return { body: JSON.stringify(body.value), headers: { "content-type": "application/json" } };
    case "raw":
      return { body: body.bytes, headers: { "content-type": body.contentType } };
    case "file": {
      const form = new FormData();
      form.append("purpose", "user_data");
      form.append("file", new Blob([body.text]), body.filename);
      return { body: form, headers: {} };
    }
  }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    text += decoder.decode(next.value, { stream: true });
    if (text.length <= REPLY_CHARS_MAX) continue;
    await reader.cancel();
    break;
  }
  return text;
}

/** How long to wait before the same is asked again; undefined where it is not to be. */
function retryAfterOf(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  const said = response.headers.get("retry-after");
  if (response.headers.get("x-should-retry") === "false") return undefined;
  if (said === null) return response.status === 429 ? RETRY_AFTER_MS_DEFAULT : undefined;
  const seconds = Number(said);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
