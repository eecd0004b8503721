import { readCondition, type Config, type RuleConfig } from "../config/index.ts";
import { principalIdOf } from "../domain/principal.ts";
import {
  createGuard,
  createInputGuard,
  createModerator,
  createModelDetector,
  createOpinion,
  createPresidio,
  createPseudonymBook,
  createToxicityScorer,
  createTrial,
  readToxicityWeights,
  type GuardDeps,
  type GuardOptions,
  type PseudonymBook,
  type SecondDetector,
  type TextTrial,
} from "../guard/index.ts";
import { createServiceFetch, readChatCall } from "../http/index.ts";
import type { ModerateStages } from "../moderate/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Trial } from "../domain/rollout.ts";
import { deriveKey } from "../kernel/hash.ts";
import { collectionIds, fileIds, requestIds, type PolicyId } from "../kernel/ids.ts";
import type { Noted } from "../record/index.ts";
import type { Database } from "../store/index.ts";
import { findPseudonyms, keepPseudonyms } from "../store/pseudonyms.ts";
import { describeError, type Log } from "../telemetry/index.ts";
import type { ChatPartsDeps } from "./chat.ts";
import { composeDetectors, type DetectorParts } from "./detectors.ts";

/** All routes of this configuration with a version of them that is going out; undefined: it could not be loaded. */
export type RoutesGoingOut = (version: PolicyId) => Config["routes"] | undefined;

export type GuardParts = DetectorParts & {
  readonly judge: ModerateStages["judge"];
  /** Of pseudonyms that outlive their call. */
  readonly book: PseudonymBook;
  /** The rules as one configuration sets them. */
  rulesOf(
    config: Pick<Config, "guard" | "outbound" | "routes">,
    goingOut?: RoutesGoingOut,
  ): Pick<ChatPartsDeps, "check" | "checkQuietly" | "checkInputs">;
  /** The rules for texts that are only tried. */
  trialOf(config: Pick<Config, "guard">): TextTrial;
  /** How long pseudonyms are kept from now on; those that are keep their date. The rules are made anew by `rulesOf`. */
  reconfigure(next: Pick<Config, "guard">): void;
};

type Deps = {
  readonly config: Pick<Config, "guard" | "secret">;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly note: (decision: Noted) => void;
  /** Told of what the rules refuse. */
  readonly refused: GuardDeps["refused"];
};

/** Detectors, which all graphs share, and the rules of each. */
export function composeGuard(deps: Deps): GuardParts {
  const { secret } = deps.config;
  const { find, scoreInjection, rev } = composeDetectors();
  const scoreToxicity = createToxicityScorer(readToxicityWeights());
  let { pseudonymDays } = deps.config.guard;
  const book = composePseudonyms(deps, () => pseudonymDays);
  const keys = { pseudonymKey: deriveKey(secret, "pseudonyms"), canaryKey: deriveKey(secret, "canaries") };
  const note = tellRefused(deps.note);
  const refused: GuardDeps["refused"] = (...refusal) => {
    note(...refusal);
    deps.refused(...refusal);
  };
  return {
    find,
    scoreInjection,
    rev,
    judge: createModerator({ scoreToxicity, scoreInjection, find }),
    book,
    trialOf: ({ guard }) => createTrial({ find, scoreInjection, scoreToxicity, ...keys, ...trialTexts }, guard.policy),
    reconfigure(next) {
      ({ pseudonymDays } = next.guard);
    },
    rulesOf({ guard, outbound, routes }, goingOut = () => undefined) {
      const fetch = createServiceFetch(outbound.ca);
      const second = guard.detectors.map((each): SecondDetector => ({
        find: each.kind === "presidio" ? createPresidio(fetch, each) : createModelDetector(fetch, each),
        onFailure: each.onFailure,
      }));
      const opinions = guard.opinions.map((each) => createOpinion(fetch, { ...each, model: each.model }));
      const guardDeps: GuardDeps = { find, scoreInjection, scoreToxicity, second, opinions, book, refused, ...keys };
      const look = routesLook(routes);
      const goingOutLooks = createGoingOutLooks(goingOut);
      const options: GuardOptions = {
        policy: guard.policy,
        routesLook: (trial) => look || (trial !== undefined && goingOutLooks(trial)),
      };
      const quiet: GuardDeps = { ...guardDeps, opinions: [], refused: () => undefined, book: NO_BOOK };
      return {
        check: createGuard(guardDeps, options),
        checkQuietly: createGuard(quiet, { ...options, routesLook: () => true }),
        checkInputs: createInputGuard(guardDeps, options),
      };
    },
  };
}

/** A text that is tried, as the rules would meet it. Which call it is in says nothing to them. */
const trialTexts: Pick<Parameters<typeof createTrial>[0], "callOf" | "passageOf"> = {
  callOf: (who, text) => ({
    requestId: requestIds.make(0),
    who,
    chat: readChatCall(JSON.stringify({ model: "auto", messages: [{ role: "user", content: text }] }), OUTPUT_LIMITS).chat,
    feature: undefined,
    startedAtMs: 0,
  }),
  passageOf: (text) => ({
    chunkId: "",
    fileId: fileIds.make(0),
    filename: "",
    title: "",
    collectionId: collectionIds.make(0),
    collectionName: "",
    headings: [],
    text,
    start: 0,
    end: text.length,
    score: 1,
  }),
};
/** Nothing is generated. */
const OUTPUT_LIMITS = { defaultTokens: 1, capTokens: 1 };

/** No later turn has the pseudonyms of what is asked about beside a call. */
const NO_BOOK: GuardDeps["book"] = { remember: () => undefined, recall: () => Promise.resolve(new Map()) };

/** Whether a rule of these asks for personal data to be looked for. */
const routesLook = (routes: Config["routes"]): boolean => Object.values(routes).flat().some(looks);

/** Whether a rule asks for personal data to be looked for; one that cannot be read may. */
function looks({ when, pii }: RuleConfig): boolean {
  if (pii !== undefined) return true;
  const read = when === undefined ? undefined : readCondition(when);
  return read !== undefined && (!read.ok || read.asks.has("pii.found") || read.asks.has("pii.types"));
}

/** The same for the routes that a call takes part in the rollout of: it may be planned by them. A version never changes, so each is read once. */
function createGoingOutLooks(routesOf: RoutesGoingOut): (trial: Trial) => boolean {
  const known = new Map<PolicyId, boolean>();
  return ({ change }) => {
    if (change.kind !== "policy") return false;
    const routes = known.has(change.version) ? undefined : routesOf(change.version);
    if (routes !== undefined) known.set(change.version, routesLook(routes));
    return known.get(change.version) ?? true;
  };
}

/** What the rules refuse is a security event, with the classifier's words and without the text. */
function tellRefused(note: Deps["note"]): GuardDeps["refused"] {
  return ({ who, requestId }, code, saw) =>
    note({
      category: "security",
      action: "content",
      outcome: "denied",
      tenantId: who.tenant.id,
      actor: principalIdOf(who),
      role: who.role,
      code,
      reason: saw.length === 0 ? undefined : saw.join(" "),
      requestId,
    });
}

const DAY_MS = 86_400_000;

function composePseudonyms({ config, db, clock, log }: Deps, keptDays: () => number): PseudonymBook {
  return createPseudonymBook({
    keep: (tenantId, rows) => keepPseudonyms(db, tenantId, rows, new Date(clock.nowMs() + keptDays() * DAY_MS)),
    find: (tenantId, conversation, names) => findPseudonyms(db, tenantId, { conversation, names, now: new Date(clock.nowMs()) }),
    key: deriveKey(config.secret, "kept-pseudonyms"),
    onLost: (error, count) => log.error("pseudonyms could not be kept", { count, ...describeError(error) }),
  });
}
