import type { Call, ChatCall, Part, Usage } from "../domain/chat.ts";
import { plainCourse, testChat } from "../domain/testing.ts";
import type { CallEvent, Reservation } from "../domain/event.ts";
import type { Checked } from "../domain/guard.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import { keyIds, requestIds, tenantIds } from "../kernel/ids.ts";
import type { Admitted, Stages } from "./stages.ts";

/** A target for tests; a test names the fields it is about. */
export function testTarget(change: Partial<Target> = {}): Target {
  return {
    model: "m",
    provider: "p",
    upstream: "m-upstream",
    kind: "openai",
    trust: "private",
    region: undefined,
    contextTokens: undefined,
    capabilities: { tools: true, jsonSchema: true, images: true, manyChoices: true },
    price: { inputPerMTok: 1, outputPerMTok: 2 },
    priceVersion: "test",
    timeouts: { firstByteMs: 1000, idleMs: 1000, totalMs: 1000 },
    ...change,
  };
}

export const testWho: TenantPrincipal = {
  kind: "tenant",
  role: "member",
  tenant: {
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
  },
  key: {
    id: keyIds.make(1),
    name: "test",
    role: "member",
    team: undefined,
    models: undefined,
    rpm: undefined,
    tpm: undefined,
    budgetMicroUsd: undefined,
    expiresAtMs: undefined,
  },
};

export function testCall(chat: Partial<ChatCall> = {}, who: TenantPrincipal = testWho): Call {
  return { requestId: requestIds.make(1), who, chat: testChat(chat), feature: undefined, startedAtMs: 1 };
}

export const testUsage: Usage = {
  inputTokens: 10,
  outputTokens: 5,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported",
};

export const delta = (text: string): Part => ({ type: "text-delta", choice: 0, text });
export const wholeAnswer: readonly Part[] = [
  delta("hello"),
  { type: "usage", usage: testUsage },
  { type: "choice-finish", choice: 0, reason: "stop", rawReason: "stop" },
  { type: "finish", upstreamId: "u", upstreamModel: "m" },
];

export async function* play(parts: readonly Part[], then?: Error): AsyncGenerator<readonly Part[]> {
  for (const part of parts) yield [part];
  if (then !== undefined) throw then;
}

/** A call in which rules for content found nothing. */
export function unchecked({ chat, who }: Call): Checked {
  return {
    chat,
    closing: undefined,
    standing: { personal: false, mode: "off", unread: undefined },
    values: new Map(),
    bytesAdded: 0,
    sift: (passages) => passages,
    leave: (_target, _mode, passages) => ({ chat, systemPrompt: who.tenant.systemPrompt, passages }),
    outgoing: () => undefined,
    guarded: undefined,
  };
}

export type Witness = {
  readonly stages: Stages;
  readonly admitted: Admitted;
  readonly log: string[];
  readonly opened: Reservation[];
  readonly events: CallEvent[];
  readonly settled: { microUsd: number; tokens: number }[];
  readonly reserved: number[];
};

/** Stages that pass everything through and remember what they were asked; a test replaces the line it is about. */
export function witness(change: Partial<Stages> = {}, targets: readonly Target[] = [testTarget()], budgeted = true): Witness {
  const log: string[] = [];
  const opened: Reservation[] = [];
  const events: CallEvent[] = [];
  const settled: { microUsd: number; tokens: number }[] = [];
  const reserved: number[] = [];
  const stages: Stages = {
    retrieve: () => Promise.reject(new TypeError("not asked for")),
    check: (call) => unchecked(call),
    ground: (chat) => ({ chat, inputBytes: chat.inputBytes }),
    plan: () => ({ targets, candidates: targets.map((target) => ({ target, fell: undefined })), policyHash: "policy" }),
    beside: (model) => targets.find((target) => target.model === model),
    checkBeside: (call) => unchecked(call),
    course: plainCourse,
    fitOutput: (chat) => chat.maxOutputTokens,
    ask: () => play(wholeAnswer),
    async open(reservation) {
      log.push("open");
      opened.push(reservation);
    },
    async close(event) {
      log.push(`close ${event.outcome}`);
      events.push(event);
      return { hash: "hash" };
    },
    keepsContent: () => false,
    keepContent: () => undefined,
    refuse: (_call, code) => void log.push(`refuse ${code}`),
    countTokens: (text) => text.length,
    digest: () => "digest",
    endUserDigest: () => Promise.resolve(undefined),
    configHash: "config",
    nowMs: () => 0,
    monotonicMs: () => 0,
    ...change,
  };
  const admitted: Admitted = {
    budgeted,
    budgets: budgeted ? ["key"] : [],
    reserve: (microUsd) => void reserved.push(microUsd),
    settle: (used) => void settled.push(used),
  };
  return { stages, admitted, log, opened, events, settled, reserved };
}
