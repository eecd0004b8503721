import { fileURLToPath } from "node:url";
import { createLoginFlow, createSignInAttempts, FORGED, TokenRefused, type Permission } from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import { principalIdOf, type Principal } from "../domain/principal.ts";
import {
  createFormPost,
  createIssuerFetch,
  createServiceFetch,
  createSessions,
  createSignInLinks,
  type ConsoleDeps,
  type Sessions,
  type SignInLinks,
} from "../http/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Fault } from "../kernel/fault.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { RequestId } from "../kernel/ids.ts";
import { endOnce, isEnded } from "../store/ended-sessions.ts";
import type { Database } from "../store/index.ts";
import type { Log } from "../telemetry/index.ts";
import type { Parts } from "./parts.ts";

export type ConsolePartsDeps = {
  /** As it is now. */
  config(): Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly parts: Pick<Parts, "admission" | "decisions" | "metrics">;
  readonly version: string;
  /** Of the demo's tenant, where there is one. */
  demoKey(): string | undefined;
  addressOf(request: Request): string | undefined;
};

/** The web console: who is signed in at a browser, and the addresses under `/console`. */
export type Console = {
  readonly sessions: Sessions;
  readonly links: SignInLinks;
  /** By what a request brings: a key, a token, or the session of its browser. */
  authenticate(request: Request, permission: Permission): Promise<Principal>;
  endpoints(config: Config): ConsoleDeps | undefined;
};

const REPORT_EVERY_MS = 60_000;
/** What `npm run console` builds. */
const SITE = fileURLToPath(new URL("../../console/dist", import.meta.url));

export function composeConsole(deps: ConsolePartsDeps): Console {
  const { config, db, clock, parts, demoKey } = deps;
  const { authenticator } = parts.admission;
  const { secret, adminKey } = config();
  const end = (id: string, untilMs: number): Promise<boolean> => endOnce(db, id, new Date(untilMs), new Date(clock.nowMs()));
  const sessions = createSessions({
    key: deriveKey(secret, "console-sessions"),
    clock,
    authenticateHeld: authenticator.authenticateHeld,
    // Without a console nobody could sign out of what is left.
    isEnded: async (id) => !config().console.enabled || (await isEnded(db, id)),
    endOnce: end,
    settings: () => config().console,
  });
  const byKey = async (key: string): Promise<Principal> => authenticator.authenticate({ authorization: `Bearer ${key}` });
  const links = createSignInLinks({
    key: deriveKey(secret, "console-links"),
    clock,
    authenticate: byKey,
    hold: authenticator.hold,
    keys: () => ({ admin: adminKey, demo: demoKey() }),
    endOnce: end,
  });
  const createAttempt = (beyond: "look" | "refuse") => {
    const attempts = createSignInAttempts(clock, beyond);
    return <T>(request: Request, run: () => Promise<T>): Promise<T> => attempts.run(deps.addressOf(request) ?? "", run);
  };
  // A key is as soon looked up as with any request of the API. A login asks its issuer, which is not to be flooded.
  const byKeys = createAttempt("look");
  const byIssuers = createAttempt("refuse");
  const report = createReport(deps);
  return {
    sessions,
    links,
    authenticate: createAuthenticate(parts.admission, sessions),
    endpoints(of) {
      if (!of.console.enabled) return undefined;
      const fetch = createServiceFetch(of.outbound.ca);
      const flow = createLoginFlow({ fetchDocument: createIssuerFetch(fetch), postForm: createFormPost(fetch), clock }, of.auth.oidc);
      const shared = { sessions, ...createNotes(parts.decisions) };
      return {
        site: { folder: SITE },
        settings: { settings: () => toSettings(of, deps.version), logo: of.console.logo },
        signIn: { ...shared, attempt: byKeys, links, login: flow, authenticate: byKey, hold: authenticator.hold },
        login: {
          ...shared,
          attempt: byIssuers,
          key: deriveKey(secret, "console-logins"),
          clock,
          flow,
          authenticateHeld: (held) => authenticator.authenticateHeld(held, undefined),
        },
        reports: { reported: report },
      };
    },
  };
}

/** Anybody may send reports: each is counted, and of each rule a line a minute is written. */
function createReport({ clock, log, parts }: Pick<ConsolePartsDeps, "clock" | "log" | "parts">): (directive: string) => void {
  const writtenAtMs = new Map<string, number>();
  return (directive) => {
    parts.metrics.cspReport(directive);
    const nowMs = clock.monotonicMs();
    if (nowMs - (writtenAtMs.get(directive) ?? Number.NEGATIVE_INFINITY) < REPORT_EVERY_MS) return;
    writtenAtMs.set(directive, nowMs);
    log.warn("a browser kept the console from something", { directive });
  };
}

function createAuthenticate({ authenticator }: Parts["admission"], sessions: Sessions): Console["authenticate"] {
  return async (request, permission) => {
    const { headers } = request;
    const authorization = headers.get("authorization") ?? undefined;
    const apiKeyHeader = headers.get("x-api-key") ?? undefined;
    if (authorization === undefined && apiKeyHeader === undefined && headers.has("cookie"))
      return (await sessions.authenticate(request, "tenant", permission)).who;
    return authenticator.authenticate({ authorization, apiKeyHeader, tenantHeader: headers.get("openai-tenant") ?? undefined });
  };
}

/** Whoever signs in at a browser, and whoever does not, is in the audit log as a sign-in. */
function createNotes({
  note,
}: Parts["decisions"]): Pick<ConsoleDeps["login"], "signedIn" | "refused"> & Pick<ConsoleDeps["signIn"], "signedIn"> {
  return {
    signedIn: (who: Principal, by: "key" | "link" | "issuer", requestId: RequestId) =>
      note({
        category: "sign-ins",
        action: "console.sign-in",
        outcome: "granted",
        reason: by,
        actor: principalIdOf(who),
        role: who.role,
        tenantId: who.kind === "tenant" ? who.tenant.id : undefined,
        requestId,
      }),
    refused(fault: Fault, requestId: RequestId) {
      const flaw = fault instanceof TokenRefused ? fault.flaw : undefined;
      const category = flaw !== undefined && FORGED.has(flaw) ? "security" : "sign-ins";
      note({ category, action: "console.sign-in", outcome: "denied", code: fault.code, reason: flaw, requestId });
    },
  };
}

function toSettings({ console: own, auth, demo }: Config, version: string): ReturnType<ConsoleDeps["settings"]["settings"]> {
  return {
    name: own.name,
    version,
    accent: { light: own.accent.light ?? null, dark: own.accent.dark ?? null },
    links: own.links.map(({ label, url }) => ({ label, url })),
    issuers: auth.oidc.flatMap(({ issuer, console: client }) =>
      client === undefined ? [] : [{ issuer, label: client.label ?? new URL(issuer).host }],
    ),
    demo,
  };
}
