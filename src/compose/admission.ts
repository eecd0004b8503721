import {
  createAdmission,
  createAuthenticator,
  createBudgets,
  createRates,
  createRoom,
  KEY_PEPPER_PURPOSE,
  systemAfter,
  toRateHeaders,
  type Abuse,
  type Admission,
  type Authenticator,
  type Budgets,
  type ChangeFeed,
  type Room,
  type Ticket,
} from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import type { CallHead } from "../domain/chat.ts";
import type { Principal, TenantProfile } from "../domain/principal.ts";
import type { AdmittedCall, ChatDeps, EmbeddingsDeps, ModerationsDeps, RerankDeps } from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { ProcessId } from "../kernel/ids.ts";
import { leaseBudget, listWanted, returnLease, type SumSpent } from "../store/budgets.ts";
import { findLastChange, listChangesSince } from "../store/changes.ts";
import type { Database } from "../store/index.ts";
import { findKeyByDigest } from "../store/keys.ts";
import { composeTokens } from "./identity.ts";

export type AdmissionParts = {
  readonly authenticator: Authenticator;
  readonly admission: Admission;
  readonly budgets: Budgets;
  readonly room: Room;
  /** Tiers, room and the platform's limit of this configuration from now on. Buckets, leases and calls under way stay. */
  reconfigure(config: Config): void;
};

export type AdmissionDeps = {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly processId: ProcessId;
  readonly sumSpent: SumSpent;
  /** How keys were used of late. */
  readonly abuse: Pick<Abuse, "check" | "reconfigure">;
  /** Told of everybody who was not known a moment ago. */
  readonly signedIn?: ((who: Principal, by: "key" | "token") => void) | undefined;
  /** Others that keep things in memory hear what is read from the feed of changes. */
  listen(feed: ChangeFeed): ChangeFeed;
};

/** Who calls, and whether there is quota, room and money for it. */
export function composeAdmission(deps: AdmissionDeps): AdmissionParts {
  const { config, db, clock, processId, sumSpent, signedIn } = deps;
  const after = systemAfter;
  let { tiers } = config;
  const makeTokens = (of: Config) => composeTokens({ config: of, db, clock, withTier: (tenant) => withTier(tiers, tenant) });
  let tokens = makeTokens(config);
  const authenticator = createAuthenticator({
    findKey: async (digest) => {
      const found = await findKeyByDigest(db, digest);
      return found === undefined ? undefined : { ...found, tenant: withTier(tiers, found.tenant) };
    },
    feed: deps.listen({ newest: () => findLastChange(db), since: (seq) => listChangesSince(db, seq) }),
    adminKeys: [config.adminKey, ...(config.localAdminKey === undefined ? [] : [config.localAdminKey])],
    pepper: deriveKey(config.secret, KEY_PEPPER_PURPOSE),
    findTokens: () => tokens,
    signedIn,
    clock,
    after,
  });
  const budgets = createBudgets(
    {
      source: {
        lease: (ask) => leaseBudget(db, processId, ask, sumSpent),
        giveBack: (budget, microUsd) => returnLease(db, processId, budget, microUsd),
        listWanted: () => listWanted(db, processId),
      },
      clock,
      after,
    },
    { platformLimitMicroUsd: config.spendLimitMicroUsd },
  );
  const room = createRoom({ clock, after }, config.limits);
  const admission = createAdmission({ rates: createRates(clock), room, budgets, abuse: deps.abuse });
  return {
    authenticator,
    budgets,
    room,
    admission,
    reconfigure(next) {
      ({ tiers } = next);
      tokens = makeTokens(next);
      authenticator.forgetAll();
      room.resize(next.limits);
      deps.abuse.reconfigure(next.abuse);
      budgets.setPlatformLimit(next.spendLimitMicroUsd);
    },
  };
}

/** A tenant's own limits count; where it has none, those of its tier do. */
function withTier(tiers: Config["tiers"], tenant: TenantProfile): TenantProfile {
  const tier = tenant.tier === undefined ? undefined : tiers[tenant.tier];
  return tier === undefined ? tenant : { ...tenant, rpm: tenant.rpm ?? tier.rpm, tpm: tenant.tpm ?? tier.tpm };
}

const NO_HEADERS = Object.freeze({});

/** A chat call's admission: rates and room here; the budget is reserved when the path knows the targets' prices. */
export const admitChat = (admission: Admission, refuse: Refuse): ChatDeps["admit"] =>
  createAdmit(admission, refuse, ({ chat }) => estimateTokens(chat.inputBytes, chat.maxOutputTokens));

/** The same for embeddings, which have no output. */
export const admitEmbeddings = (admission: Admission, refuse: Refuse): EmbeddingsDeps["admit"] =>
  createAdmit(admission, refuse, ({ wish }) => estimateTokens(wish.inputBytes, 0));

/** The same for rankings: each document is read with the query. */
export const admitRerank = (admission: Admission, refuse: Refuse): RerankDeps["admit"] =>
  createAdmit(admission, refuse, ({ wish }) => estimateTokens(wish.inputBytes, 0));

/** The same for texts to be judged: they count as requests, and as no tokens of a model. */
export const admitModerations = (admission: Admission, refuse: Refuse): ModerationsDeps["admit"] => createAdmit(admission, refuse, () => 0);

/** The same for a text that the rules are only tried on: it counts in the rates, and nobody is told of a refusal. */
export const admitTrial = (admission: Admission) =>
  createAdmit<CallHead>(
    admission,
    () => undefined,
    () => 0,
  );

type Refuse = (call: CallHead, code: FaultCode) => void;

function createAdmit<C extends CallHead>(admission: Admission, refuse: Refuse, tokensOf: (call: C) => number) {
  const refused = (call: C, error: unknown): Fault => {
    const fault = Fault.from(error);
    refuse(call, fault.code);
    return fault.code === "rate_limited" ? fault.with({ rateHeaders: toRateHeaders(admission.rates(call.who)) }) : fault;
  };
  return (call: C, signal: AbortSignal): AdmittedCall | Promise<AdmittedCall> => {
    const { who, startedAtMs } = call;
    try {
      const ticket = admission.admit({ who, startedAtMs, tokens: tokensOf(call), signal });
      if (!(ticket instanceof Promise)) return toAdmitted(ticket);
      return ticket.then(toAdmitted, (error: unknown) => {
        throw refused(call, error);
      });
    } catch (error) {
      throw refused(call, error);
    }
  };
}

const toAdmitted = (ticket: Ticket): AdmittedCall => ({
  admitted: ticket,
  headers: ticket.rates === undefined ? NO_HEADERS : toRateHeaders(ticket.rates),
});

/** Bytes of English prompt for each token; the output is what may come. Corrected when the call settles. */
const BYTES_PER_TOKEN = 4;
const estimateTokens = (inputBytes: number, maxOutputTokens: number): number => Math.ceil(inputBytes / BYTES_PER_TOKEN) + maxOutputTokens;
