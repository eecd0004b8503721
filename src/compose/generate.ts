import type { AnswerPart, Finish } from "../chat/index.ts";
import type { Call, Content } from "../domain/chat.ts";
import type { TenantPrincipal, TenantProfile } from "../domain/principal.ts";
import type { Citation } from "../retrieve/index.ts";
import { readChatCall, underWay, type ChatDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, requestIds } from "../kernel/ids.ts";

/** OpenAI's form of a message. */
export type GenerateMessage = { readonly role: "system" | "developer" | "user" | "assistant"; readonly content: string };

export type GenerateOptions = {
  /** Put before the messages, after the tenant's own system prompt. */
  readonly system?: string;
  /** Most tokens of the answer; the configuration's default unless told. */
  readonly maxTokens?: number;
  /** A model or route of the configuration; `auto` unless told. */
  readonly model?: string;
  /** Slug of the tenant that asks and pays; `default` unless told, which is made where it is missing. */
  readonly tenant?: string;
  readonly temperature?: number;
  /** Only external models may answer. What must stay inside is then refused. */
  readonly forceApi?: boolean;
  /** Answer from this collection of the tenant's documents. */
  readonly collection?: string;
  /** Stops the call; it is billed as far as it came. */
  readonly signal?: AbortSignal;
};

export type Generated = {
  readonly text: string;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cachedTokens: number };
  readonly latencyMs: number;
  readonly provider: string;
  readonly model: string;
  readonly costMicroUsd: number;
  /** Hash of the call's record; `GET /v1/receipts/{requestId}` signs it. */
  readonly receipt: string;
  readonly requestId: string;
  /** Passages that the answer cites, with their places in `text`. */
  readonly citations: readonly (Citation & { readonly fileId: string; readonly filename: string })[];
};

/** One answer, over the same path as a request: rates, budget, policy, record. Throws a Fault. */
export type Generate = (messages: string | readonly GenerateMessage[], options?: GenerateOptions) => Promise<Generated>;

/** Calls from inside the process have no key of their own; records show this one. */
const LIBRARY_KEY = keyIds.parse("key_00000000000000000000000000");
export const DEFAULT_TENANT = "default";

export type GenerateDeps = Pick<ChatDeps, "admit" | "answer" | "outputLimits" | "live"> & {
  readonly clock: Clock;
  /** Throws `not_found`. */
  findTenant(slug: string): Promise<TenantProfile>;
};

export function createGenerate(deps: GenerateDeps): Generate {
  return async (messages, options = {}) => {
    const { clock } = deps;
    const tenant = await deps.findTenant(options.tenant ?? DEFAULT_TENANT);
    const startedAtMs = clock.nowMs();
    const startedMs = clock.monotonicMs();
    const chat = readChatCall(JSON.stringify(toBody(messages, options)), deps.outputLimits).chat;
    const call: Call = { requestId: requestIds.make(startedAtMs), who: toPrincipal(tenant), chat, feature: undefined, startedAtMs };
    return underWay(deps.live, options.signal, async (signal) => {
      const { admitted } = await deps.admit(call, signal);
      const { text, cited, finish } = await gather(deps.answer(call, admitted, signal));
      return toGenerated(text, cited, finish, clock.monotonicMs() - startedMs);
    });
  };
}

function toBody(messages: string | readonly GenerateMessage[], options: GenerateOptions): Record<string, unknown> {
  const said = typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
  return {
    model: options.model ?? "auto",
    messages: options.system === undefined ? said : [{ role: "system", content: options.system }, ...said],
    max_tokens: options.maxTokens,
    temperature: options.temperature,
    forceApi: options.forceApi,
    rag: options.collection === undefined ? undefined : { enabled: true, collection: options.collection },
  } satisfies { messages: readonly { role: string; content: Content }[] } & Record<string, unknown>;
}

async function gather(answer: AsyncIterable<readonly AnswerPart[]>): Promise<{ text: string; cited: Citation[]; finish: Finish }> {
  let text = "";
  const cited: Citation[] = [];
  let finish: Finish | undefined;
  for await (const parts of answer) {
    for (const part of parts) {
      if (part.type === "text-delta") text += part.text;
      else if (part.type === "citation") cited.push(part);
      else if (part.type === "finish") finish = part;
    }
  }
  if (finish === undefined) throw new Fault("bug");
  return { text, cited, finish };
}

function toGenerated(text: string, cited: readonly Citation[], finish: Finish, latencyMs: number): Generated {
  const { target, usage, event, receipt, retrieved } = finish;
  const passages = retrieved?.passages ?? [];
  return {
    text,
    usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, cachedTokens: usage.cachedTokens },
    latencyMs,
    provider: target.provider,
    model: target.model,
    costMicroUsd: event.costMicroUsd,
    receipt,
    requestId: event.requestId,
    citations: cited.flatMap(({ passage, start, end, quote }) => {
      const source = passages[passage];
      return source === undefined ? [] : [{ passage, start, end, quote, fileId: source.fileId, filename: source.filename }];
    }),
  };
}

export function toPrincipal(tenant: TenantProfile): TenantPrincipal {
  const none = { team: undefined, models: undefined, rpm: undefined, tpm: undefined, budgetMicroUsd: undefined, expiresAtMs: undefined };
  return { kind: "tenant", role: "member", tenant, key: { id: LIBRARY_KEY, name: "library", role: "member", ...none } };
}
