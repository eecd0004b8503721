import type { Budgets } from "../admit/index.ts";
import type { Shadows, Stages } from "../chat/index.ts";
import type { EmbedStages } from "../embed/index.ts";
import type { InputsCall } from "../guard/index.ts";
import type { ModerateStages } from "../moderate/index.ts";
import type { ApprovedRoutes, Config } from "../config/index.ts";
import type { Call, CallHead } from "../domain/chat.ts";
import type { CallEvent } from "../domain/event.ts";
import type { Found } from "../domain/guard.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import type { ChatDeps, EmbeddingsDeps, ModelsDeps, ModerationsDeps, RerankDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import { countTokens, createExtractive, type Provider } from "../provider/index.ts";
import type { CallContent, Journal } from "../record/index.ts";
import { countTokens as countWords, groundMessages, spokenLanguage, terms, toQuestion, units, type Retrieve } from "../retrieve/index.ts";
import { createExplainRoute, type ExplainRoute } from "./explain-route.ts";
import { createRouter, type Router, EXTRACTIVE, fitOutput, toTargets, type KnownPrice } from "../route/index.ts";
import type { Log, Metrics, Tracer } from "../telemetry/index.ts";
import { createRolledPlan } from "./call-rollouts.ts";
import { composeEmbed } from "./embed.ts";
import { composeModerate } from "./moderate.ts";
import { composeRerank } from "./rerank.ts";
import { createRetrievePassages } from "./retrieve-passages.ts";
import { createRewrite } from "./rewrite-query.ts";
import { createRerankFor, type RerankFor } from "./rerank-passages.ts";
import type { EndUserDigests } from "./end-user.ts";
import { citeAnswer, createDigest, createGround, showPassages } from "./ground.ts";
import { createModelTest, type TestModel } from "./model-test.ts";
import { createPromptTag } from "./prompt-files.ts";
import type { Resilience } from "./resilience.ts";
import type { RolloutParts } from "./rollouts.ts";
import type { Routing } from "./routing.ts";
import { traceChat, traceRefusal } from "./tracing.ts";

export type ChatParts = {
  readonly answer: ChatDeps["answer"];
  readonly embed: EmbeddingsDeps["embed"];
  readonly rerank: RerankDeps["rerank"];
  readonly rerankFor: RerankFor;
  readonly moderate: ModerationsDeps["moderate"];
  /** Counts a call that was refused before the path began. */
  readonly refuse: (call: CallHead, code: FaultCode) => void;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly models: ModelsDeps["list"];
  readonly explainRoute: ExplainRoute;
  readonly testModel: TestModel;
};

export type ChatPartsDeps = {
  readonly config: Config;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly budgets: Pick<Budgets, "open">;
  /** Of everything under way in this process. */
  readonly live: Set<AbortController>;
  readonly journal: Pick<Journal, "open" | "close" | "refuse">;
  readonly retrieve: Retrieve;
  /** Is the collection this owner's? Asked only for callers who see nothing but their own. */
  readonly isOwnCollection: (tenantId: TenantId, nameOrId: string, owner: string) => Promise<boolean>;
  readonly findPrice: (kind: string, upstream: string) => KnownPrice | undefined;
  readonly endUsers: Pick<EndUserDigests, "expect" | "digest">;
  readonly metrics: Metrics;
  readonly routing: Routing;
  readonly resilience: Resilience;
  readonly rollouts: Pick<RolloutParts, "calls" | "routesOf">;
  readonly shadows: Pick<Shadows, "offer">;
  /** The routes of this configuration with these before its own. */
  routesWith(approved: ApprovedRoutes): Config["routes"];
  /** An operator lets nothing at all be sent to this provider. */
  isDisabled(provider: string): boolean;
  /** Told of each call that has ended. */
  closed(event: CallEvent): void;
  readonly check: Stages["check"];
  /** The same for a call that is not made: it tells nobody, and asks nobody for an opinion. */
  readonly checkQuietly: (call: Call, about?: Found) => ReturnType<Stages["check"]>;
  /** For texts that are read and not answered. */
  readonly checkInputs: (call: InputsCall) => ReturnType<EmbedStages["check"]>;
  readonly judge: ModerateStages["judge"];
  readonly keepsContent: Stages["keepsContent"];
  readonly keepContent: (content: CallContent) => void;
  /** Absent where nobody asked for traces. */
  readonly tracer: Tracer | undefined;
};

/** The path's stages, each plugged with the parts that satisfy it. */
export function composeChat(deps: ChatPartsDeps): ChatParts {
  const { config, providers, clock, journal, metrics } = deps;
  const extractive = createExtractive({ terms, spoken: spokenLanguage, units, countTokens: countWords, toQuery: toQuestion });
  const targets = toTargets(config, deps.findPrice);
  const { health, course, serve } = deps.resilience.open(config, targets.values());
  const options = { targets, extractive: EXTRACTIVE, fallback: config.fallback, health, ...deps.routing.optionsOf(config) };
  const router = createRouter({ ...options, routes: config.routes });
  const routerWith = (routes: ApprovedRoutes): Router => createRouter({ ...options, routes: deps.routesWith(routes) });
  const plan = createRolledPlan(deps.rollouts, serve(router), (routes) => serve(routerWith(routes)));

  const providerOf = createProviderOf(providers, extractive);
  const expecting = createExpecting(deps);
  const refuse: ChatParts["refuse"] = (call, code) => {
    journal.refuse({ requestId: call.requestId, tenantId: call.who.tenant.id, keyId: call.who.key.id, code, atMs: call.startedAtMs });
    metrics.refusal(code);
  };
  const stages: Stages = {
    check: deps.check,
    retrieve: createRetrievePassages(deps, () => ({ rerankFor, rewrite })),
    ground: createGround(groundMessages),
    shown: showPassages,
    cite: citeAnswer,
    plan: expecting(({ chat }) => chat.endUser, plan),
    beside: router.beside,
    checkBeside: deps.checkQuietly,
    course,
    copy: (of, form) => deps.shadows.offer(stages, of, form),
    fitOutput,
    ask: (asked, signal) => providerOf(asked.target).stream(asked, signal),
    open: (reservation) => journal.open(reservation),
    close: createClose(deps),
    refuse,
    keepsContent: deps.keepsContent,
    keepContent: createKeep(deps.keepContent),
    countTokens,
    digest: createDigest(deriveKey(config.secret, "prompt-digest")),
    endUserDigest: deps.endUsers.digest,
    configHash: config.hash,
    nowMs: clock.nowMs,
    monotonicMs: clock.monotonicMs,
  };

  const onInputs = { ...stages, check: deps.checkInputs, providerOf, tracer: deps.tracer };
  const rerank = composeRerank({
    ...onInputs,
    plan: expecting(
      ({ wish }) => wish.endUser,
      (wanted) => router.planRerank({ ...wanted, trust: wanted.wish.trust }),
    ),
  });
  const rerankFor = createRerankFor({ ...deps, rerank });
  const answer = traceChat(deps.tracer, stages);
  const rewrite = createRewrite({ ...deps, answer });
  const tagged = createPromptTag(config);
  // Nobody's call but the operator's own: how callers are served does not show in it.
  const tested = { ...stages, close: createClose({ ...deps, closed: () => undefined }) };
  return {
    refuse: traceRefusal(deps.tracer, refuse),
    answer: (call, ...rest) => answer(tagged(deps.rollouts.calls.enter(call)), ...rest),
    moderate: composeModerate({ ...stages, judge: deps.judge, refuse }),
    embed: composeEmbed({ ...onInputs, plan: expecting(({ wish }) => wish.endUser, router.planEmbedding) }),
    rerank,
    rerankFor,
    providers,
    models: createModelList(router.names, targets),
    testModel: createModelTest({ ...deps, stages: tested, onInputs, targets }),
    explainRoute: createExplainRoute({ config, check: deps.checkQuietly, ground: stages.ground, router, routerWith }),
  };
}

const createProviderOf =
  (providers: ReadonlyMap<string, Provider>, extractive: Provider) =>
  (target: Target): Provider => {
    const found = target.kind === "extractive" ? extractive : providers.get(target.provider);
    if (found === undefined) throw new TypeError(`target ${target.model} names provider ${target.provider}, which was not made`);
    return found;
  };

/** Models and routes by name, without those that the caller may not use. */
const createModelList =
  (names: readonly string[], targets: ReadonlyMap<string, Target>): ModelsDeps["list"] =>
  ({ tenant, key }) =>
    names.flatMap((name) => {
      const target = targets.get(name);
      const hidden = target !== undefined && (tenant.models?.includes(name) === false || key.models?.includes(name) === false);
      return hidden
        ? []
        : [{ name, provider: target?.provider ?? "weir", target: target ?? (name === EXTRACTIVE.model ? EXTRACTIVE : undefined) }];
    });

function createClose({ journal, metrics, closed: tell }: Pick<ChatPartsDeps, "journal" | "metrics" | "closed">): Stages["close"] {
  return async (event) => {
    const closed = await journal.close(event);
    for (const attempt of event.attempts) metrics.attempt({ ...attempt, code: attempt.code });
    if (event.operation === "shadow") {
      // No call of the tenant's: how its key is used, and its rollouts, are not told.
      metrics.shadow(event.model ?? "none", event.outcome);
      return closed;
    }
    metrics.call({ ...event, model: event.model ?? "none", provider: event.provider ?? "none", firstPartMs: event.firstPartMs });
    if (event.guard !== undefined) metrics.guarded(event.guard);
    if (event.grounding !== undefined) metrics.grounded(event.grounding);
    if (event.cascade !== undefined) metrics.cascade(event.rule?.route ?? "none", event.cascade);
    tell(event);
    return closed;
  };
}
/** While a call runs, the digest of its end user is looked up; and it is one more of its tenant's today. */
const createExpecting =
  ({ endUsers: { expect }, routing: { day } }: Pick<ChatPartsDeps, "routing"> & { readonly endUsers: Pick<EndUserDigests, "expect"> }) =>
  <W extends { readonly who: TenantPrincipal }, P>(endUserOf: (wanted: W) => string | undefined, plan: (wanted: W) => P) =>
  (wanted: W): P => {
    expect(wanted, endUserOf(wanted));
    day.add(wanted.who.tenant.id);
    return plan(wanted);
  };

const createKeep =
  (keep: ChatPartsDeps["keepContent"]): Stages["keepContent"] =>
  ({ requestId, who, chat, startedAtMs: atMs }, answer, cut, endUser) => {
    const { id: tenantId, contentPolicy: policy } = who.tenant;
    if (policy !== "none") keep({ requestId, tenantId, atMs, policy, endUser, messages: chat.messages, answer, cut });
  };
