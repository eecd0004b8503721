import type { Call, ChatCall, Message, Part } from "../domain/chat.ts";
import type { Target, Timeouts } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, requestIds, tenantIds } from "../kernel/ids.ts";
import type { RemoteConfig } from "../config/index.ts";
import type { ProviderCall } from "./spec.ts";

/** Makings of tests. */
export const PATIENT: Timeouts = { firstByteMs: 10_000, idleMs: 10_000, totalMs: 30_000 };

const tenant = {
  id: tenantIds.make(1),
  slug: "acme",
  name: "Acme",
  tier: undefined,
  region: undefined,
  contentPolicy: "none",
  systemPrompt: undefined,
  models: undefined,
  rpm: undefined,
  tpm: undefined,
  budgetMicroUsd: undefined,
} as const;
const key = {
  id: keyIds.make(1),
  name: "test",
  role: "member",
  team: undefined,
  models: undefined,
  rpm: undefined,
  tpm: undefined,
  budgetMicroUsd: undefined,
  expiresAtMs: undefined,
} as const;

export function chatOf(said: string | readonly Message[], more: Partial<ChatCall> = {}): ChatCall {
  const messages: readonly Message[] = typeof said === "string" ? [{ role: "user", content: said }] : said;
  return {
    model: "fake",
    messages,
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: undefined,
    responseFormat: undefined,
    sampling: {},
    maxOutputTokens: 4096,
    maxOutputAsked: true,
    stream: true,
    rag: undefined,
    extra: {},
    endUser: undefined,
    inputBytes: JSON.stringify(messages).length,
    ...more,
  };
}

export function targetOf(kind: "openai" | "anthropic" | "llama", timeouts: Timeouts = PATIENT): Target {
  return {
    model: "fake",
    provider: "fake",
    upstream: "fake-model",
    kind,
    trust: "private",
    region: undefined,
    contextTokens: undefined,
    capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: true },
    price: undefined,
    priceVersion: "none",
    timeouts,
  };
}

export function askedOf(kind: "openai" | "anthropic" | "llama", chat: ChatCall, timeouts?: Timeouts): ProviderCall {
  const call: Call = {
    requestId: requestIds.make(1),
    who: { kind: "tenant", role: "member", tenant, key },
    chat,
    feature: undefined,
    startedAtMs: 1,
  };
  return { call, chat, target: targetOf(kind, timeouts), passages: [] };
}

export function configOf(kind: "openai" | "anthropic", baseUrl: string, more: Partial<RemoteConfig> = {}): RemoteConfig {
  return { name: kind, kind, baseUrl, apiKey: "test-key", trust: "private", region: undefined, timeouts: PATIENT, ...more };
}

export type Outcome = { readonly parts: readonly Part[]; readonly fault: Fault | undefined };

/** Everything that came, and how it ended. What is thrown must be a Fault. */
export async function gather(parts: AsyncIterable<readonly Part[]> | Iterable<readonly Part[]>): Promise<Outcome> {
  const got: Part[] = [];
  try {
    for await (const some of parts) got.push(...some);
    return { parts: got, fault: undefined };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { parts: got, fault: error };
  }
}

/** One part after another. */
export async function* oneByOne(parts: AsyncIterable<readonly Part[]>): AsyncGenerator<Part> {
  for await (const some of parts) yield* some;
}

export const textOfParts = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === "text-delta" && part.choice === 0 ? part.text : "")).join("");
