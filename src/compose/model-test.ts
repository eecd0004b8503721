import type { Budgets } from "../admit/index.ts";
import { answer, type Stages } from "../chat/index.ts";
import type { ModelTest } from "../contract/operations.ts";
import type { Call, CallHead } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Checked, CheckedInputs } from "../domain/guard.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { pairBytes } from "../domain/rerank.ts";
import { toSideChat } from "../domain/side-chat.ts";
import type { TargetDoor } from "../domain/target-health.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, requestIds } from "../kernel/ids.ts";
import { createCourses } from "../route/index.ts";
import { PLATFORM_CHAIN } from "../store/decisions.ts";
import { composeEmbed, type EmbedDeps } from "./embed.ts";
import { composeRerank, type RerankPartsDeps } from "./rerank.ts";
import { admitBeside } from "./side-call.ts";

/** One small real call to a model, whatever its breaker, its rules and its provider's drain say. Throws `not_found`; `conflict` where its provider is disabled. */
export type TestModel = (model: string, signal: AbortSignal) => Promise<ModelTest>;

/** What a test has in place of callers' own stages. */
type Over = Pick<Stages, "course" | "refuse" | "close"> & { check(): CheckedInputs };

type Deps = {
  readonly stages: Stages;
  /** Of embeddings and rankings. */
  readonly onInputs: Omit<EmbedDeps, "plan" | "check"> & Omit<RerankPartsDeps, "plan" | "check">;
  readonly targets: ReadonlyMap<string, Target>;
  isDisabled(provider: string): boolean;
  readonly budgets: Pick<Budgets, "open">;
  readonly clock: Clock;
  /** Of everything under way in this process. */
  readonly live: Set<AbortController>;
};

const OUTPUT_TOKENS = 16;
/** A model that is loaded first takes its time; an operator who looks at a spinner does not take more. */
const FIRST_BYTE_MS = 30_000;
const TOTAL_MS = 60_000;
const QUESTION = "Say: ready";
const TEXTS: readonly [string, ...string[]] = ["ready", "The service is ready.", "It rains."];

/** Who asks and pays: the platform itself, by an id that no tenant can have. Its calls are in the ledger under it. */
const PLATFORM: TenantPrincipal = {
  kind: "tenant",
  role: "member",
  tenant: {
    id: PLATFORM_CHAIN,
    slug: "platform",
    name: "platform",
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
    id: keyIds.parse("key_00000000000000000000000000"),
    name: "model-test",
    role: "member",
    team: undefined,
    models: undefined,
    rpm: undefined,
    tpm: undefined,
    budgetMicroUsd: undefined,
    expiresAtMs: undefined,
  },
};

/** The texts are this server's own: there is nothing in them to be looked for. */
const NOTHING = { personal: false, mode: "off", unread: undefined } as const;
const checkedOf = ({ chat }: Call): Checked => ({
  standing: NOTHING,
  values: new Map(),
  bytesAdded: 0,
  chat,
  closing: undefined,
  sift: (passages) => passages,
  leave: () => ({ chat, systemPrompt: undefined, passages: [] }),
  outgoing: () => undefined,
  guarded: undefined,
});
/** Past breakers and retry budgets, and seen by neither: a test says nothing about how callers are served. */
const OPEN_DOOR: TargetDoor = {
  enter: () => ({ answered: () => undefined, end: () => undefined }),
  mayRepeat: () => false,
  opensInMs: () => 0,
};

export function createModelTest(deps: Deps): TestModel {
  const { targets, isDisabled, clock, live } = deps;
  return async (model, caller) => {
    const target = targets.get(model);
    if (target === undefined) throw new Fault("not_found", { say: "There is no model of this name in the configuration." });
    if (isDisabled(target.provider))
      throw new Fault("conflict", {
        say: "The model's provider is disabled: nothing is sent there. Drain it instead, or enable it, and test then.",
      });
    const abort = new AbortController();
    live.add(abort);
    try {
      return await test(deps, { ...target, timeouts: toPatience(target) }, AbortSignal.any([abort.signal, caller]), clock.monotonicMs());
    } finally {
      live.delete(abort);
    }
  };
}

const toPatience = ({ timeouts }: Target): Target["timeouts"] => ({
  firstByteMs: Math.min(timeouts.firstByteMs, FIRST_BYTE_MS),
  idleMs: Math.min(timeouts.idleMs, FIRST_BYTE_MS),
  totalMs: Math.min(timeouts.totalMs, TOTAL_MS),
});

async function test(deps: Deps, target: Target, signal: AbortSignal, beganMs: number): Promise<ModelTest> {
  const { stages, clock } = deps;
  let event: CallEvent | undefined;
  let said: string | undefined;
  let fault: Fault | undefined;
  const startedAtMs = clock.nowMs();
  const head: CallHead = { requestId: requestIds.make(startedAtMs), who: PLATFORM, feature: "model-test", startedAtMs };
  const over: Over = {
    check: () => ({ standing: NOTHING, bytesAdded: 0, guarded: undefined, leave: () => [...TEXTS] }),
    course: createCourses({ door: OPEN_DOOR, clock, dice: () => 0, wait: () => Promise.reject(new Fault("target_timeout")) }),
    refuse: () => undefined,
    close(closed) {
      event = closed;
      return stages.close(closed);
    },
  };
  try {
    said = await ask({ deps, target, head, over, signal });
  } catch (error) {
    fault = Fault.from(error);
  }
  return {
    ok: fault === undefined,
    model: target.model,
    provider: target.provider,
    latencyMs: Math.round(event?.latencyMs ?? clock.monotonicMs() - beganMs),
    firstPartMs: event?.firstPartMs === undefined ? null : Math.round(event.firstPartMs),
    inputTokens: event?.inputTokens ?? 0,
    outputTokens: event?.outputTokens ?? 0,
    costMicroUsd: event?.costMicroUsd ?? 0,
    said: said ?? null,
    requestId: event?.requestId ?? null,
    error: fault === undefined ? null : { code: fault.code, message: fault.message, upstreamStatus: fault.detail.upstreamStatus ?? null },
  };
}

type Asking = { readonly deps: Deps; readonly target: Target; readonly head: CallHead; readonly over: Over; readonly signal: AbortSignal };

/** What a chat model said; undefined of the others. */
async function ask({ deps, target, head, over, signal }: Asking): Promise<string | undefined> {
  const { stages, onInputs, budgets } = deps;
  const admitted = admitBeside(budgets, head, signal);
  const plan = (): Plan => ({ targets: [target], candidates: [{ target, fell: undefined }], policyHash: "" });
  const { embeddings, ranks } = target.capabilities;
  const wish = { model: target.model, endUser: undefined };
  if (embeddings === true) {
    const inputs = TEXTS.slice(0, 1);
    const own = { ...over, check: () => ({ ...over.check(), leave: () => inputs }) };
    const inputBytes = Buffer.byteLength(TEXTS[0]);
    const embed = composeEmbed({ ...onInputs, ...own, plan });
    await embed({ ...head, wish: { ...wish, inputs, dimensions: undefined, inputBytes } }, admitted, signal);
    return undefined;
  }
  if (ranks === true) {
    const call = { ...head, wish: { ...wish, inputs: TEXTS, topN: undefined, inputBytes: pairBytes(TEXTS) } };
    await composeRerank({ ...onInputs, ...over, plan })(call, admitted, signal);
    return undefined;
  }
  const messages = [{ role: "user", content: QUESTION }] as const;
  const chat = {
    ...toSideChat(messages, { asked: { prefer: undefined }, model: target.model, outputTokens: OUTPUT_TOKENS }),
    stream: true,
  };
  const alone: Stages = { ...stages, ...over, check: checkedOf, plan, keepsContent: () => false, copy: undefined, cite: undefined };
  let text = "";
  for await (const parts of answer(alone, { ...head, chat }, admitted, signal))
    for (const part of parts) if (part.type === "text-delta") text += part.text;
  return text;
}
