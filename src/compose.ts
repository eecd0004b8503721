import { mkdir } from "node:fs/promises";
import { pid, memoryUsage } from "node:process";
import { createDirectory, createPeople, findApprovedRoutes, getBySlug, PLATFORM } from "./admin/index.ts";
import { authorise } from "./admit/index.ts";
import { composeCalls } from "./compose/calls.ts";
import { seedDemo, type Demo } from "./compose/demo.ts";
import { noteEmbedding } from "./compose/note-embedding.ts";
import { composeAuditChain } from "./compose/audit-chain.ts";
import { composeAdmin } from "./compose/admin.ts";
import { composeConsole, type Console } from "./compose/console.ts";
import { composeEndpoints } from "./compose/endpoints.ts";
import { composeGuardRequests } from "./compose/guard-requests.ts";
import { toPrincipal } from "./compose/generate.ts";
import { composeOperating } from "./compose/operating.ts";
import { composeOperations, type Operations } from "./compose/operations.ts";
import { composeParts, type Parts } from "./compose/parts.ts";
import { composeUsage } from "./compose/usage.ts";
import type { Config } from "./config/index.ts";
import { createStreamPacer, startServer, type Endpoint } from "./http/index.ts";
import type { Clock } from "./kernel/clock.ts";
import { Fault } from "./kernel/fault.ts";
import { keyIds, tenantIds, type TenantId } from "./kernel/ids.ts";
import { isErasedTenant } from "./store/erasures.ts";
import { getKey } from "./store/keys.ts";
import { lockDataFolder, openDatabase, type Engine } from "./store/index.ts";
import type { Log } from "./telemetry/index.ts";

export type ComposeDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the program, as the console shows it. */
  readonly version?: string | undefined;
  /** Reads the configuration anew; a server without it keeps the one that it was made from. */
  readonly loadConfig?: (() => Promise<Config>) | undefined;
};

export type ComposedServer = {
  readonly url: string;
  readonly demo: Demo | undefined;
  /** A link that signs a browser in to the console, once; undefined: there is no console. */
  readonly signInLink: string | undefined;
  /** Reads the configuration anew and takes it up; a bad one is logged and refused, and the one before stays. */
  reload(): Promise<unknown>;
  /** Takes no new calls, ends those under way, ships what they left, closes everything. */
  drain(): Promise<void>;
};

/** A running server: data folder locked, database open, parts started, socket listening. What fails undoes what was done. */
export async function composeServer(config: Config, deps: ComposeDeps): Promise<ComposedServer> {
  const opened = await openParts(config, deps);
  const { parts, db, lock } = opened;
  try {
    const pacer = createStreamPacer(deps.clock.monotonicMs);
    const { authenticator } = parts.admission;
    const now: { config: Config; demo: Demo | undefined } = { config, demo: undefined };
    const web = composeConsole({
      config: () => now.config,
      db,
      clock: deps.clock,
      log: deps.log,
      parts,
      version: deps.version ?? "",
      demoKey: () => now.demo?.tenantKey,
      addressOf: (request) => server.addressOf(request),
    });
    const take = (next: Config): void => {
      now.config = next;
      parts.reconfigure(next);
      server.replaceEndpoints(composeHttp(next, deps, { parts, db, pacer, operated, web }).endpoints);
    };
    const operated = composeOperations({
      config,
      db,
      clock: deps.clock,
      log: deps.log,
      bucket: config.objects.kind === "folder" ? undefined : parts.stored.blobs,
      flush: parts.record.shipper.flush,
      deleteOldEvents: parts.record.deleteOld,
      load: deps.loadConfig,
      apply(next) {
        take(next);
        if (next.tls !== undefined && config.tls !== undefined) server.replaceTls(next.tls);
      },
    });
    const { endpoints, seed } = composeHttp(config, deps, { parts, db, pacer, operated, web });
    now.demo = config.demo ? await seed() : undefined;
    const { metrics, decisions } = parts;
    const { authenticate } = authenticator;
    const server = startServer(
      { endpoints, authenticate, sessions: web.sessions, authorise, metrics, note: decisions.note, ...deps },
      config,
    );
    parts.approvedRoutes.onChange(() => take(now.config));
    lock.update(server.url);
    await operated.start();
    return {
      url: server.url,
      demo: now.demo,
      signInLink: config.console.enabled ? web.links.makeOwn(config.console.origin ?? server.url) : undefined,
      reload: operated.reload,
      async drain() {
        // Stops listening at once; what is under way goes on until its answer is out.
        operated.stop();
        const stopped = server.stop();
        await parts.drain();
        await stopped;
        pacer.stop();
        await db.close();
        lock.release();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

type Opened = {
  readonly parts: Parts;
  readonly db: Engine;
  readonly lock: ReturnType<typeof lockDataFolder>;
  close(): Promise<void>;
};

/** Everything but the socket. */
export async function openParts(config: Config, { clock, log }: ComposeDeps): Promise<Opened> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(config.dataDir, { pid, token: config.localAdminKey });
  let db: Engine | undefined;
  try {
    const { databaseUrl, dataDir, databaseConnections } = config;
    db = await openDatabase({ databaseUrl, dataDir, connections: databaseConnections, clock, log });
    const approvedRoutes = await findApprovedRoutes(db, PLATFORM);
    const parts = composeParts({ config, db, clock, log, pid, residentBytes: () => memoryUsage.rss(), approvedRoutes });
    await parts.start();
    const open = db;
    return {
      parts,
      db,
      lock,
      async close() {
        await parts.drain();
        await open.close();
        lock.release();
      },
    };
  } catch (error) {
    await db?.close();
    lock.release();
    throw error;
  }
}

/** Who would send it: a key of the tenant, or one without limits of its own. */
async function findCaller(db: Engine, { tenant: slug, key: keyId }: { readonly tenant: string; readonly key: string | undefined }) {
  const tenant = await getBySlug(db, slug);
  if (keyId === undefined) return toPrincipal(tenant);
  if (!keyIds.is(keyId)) throw new Fault("not_found", { say: "The key does not exist." });
  const key = await getKey(db, tenant.id, keyId);
  return { kind: "tenant", role: key.role, tenant, key } as const;
}

type HttpParts = {
  readonly parts: Parts;
  readonly db: Engine;
  readonly pacer: ReturnType<typeof createStreamPacer>;
  readonly operated: Operations;
  readonly web: Console;
};

/** By a slug; what remains of an erased tenant's chains has none any more, and goes by the id that its certificate names. */
const findChain = async (db: Engine, name: string): Promise<TenantId> =>
  tenantIds.is(name) && (await isErasedTenant(db, name)) ? name : (await getBySlug(db, name)).id;

/** Every endpoint, plugged with the parts behind it. */
function composeHttp(
  config: Config,
  { clock }: ComposeDeps,
  { parts, db, pacer, operated, web }: HttpParts,
): { endpoints: Endpoint[]; seed(): Promise<Demo> } {
  const { record, ingest, chat, admission, metrics, decisions } = parts;
  const administration = composeAdmin({ config, db, clock, parts });
  const idOf = async (slug: string) => (await getBySlug(db, slug)).id;

  const endpoints = composeEndpoints({
    ...composeCalls(config, parts, pacer),
    models: { list: chat.models, configuredAtMs: clock.nowMs() },
    ingest,
    authenticate: web.authenticate,
    me: { whoIs: web.sessions.whoIs },
    console: web.endpoints(config),
    ...administration,
    ...parts.erasure.endpoints,
    ...composeGuardRequests({ config, db, clock, parts }),
    rollouts: parts.rollouts.requests,
    sources: parts.knowledge.sources,
    ...composeUsage({ db, clock, record, config }),
    embeddingChanged: noteEmbedding(decisions),
    explain: async (tenant, requestId) => record.explain(tenant === undefined ? undefined : await idOf(tenant), requestId),
    routeExplain: {
      outputLimits: { defaultTokens: config.maxOutputTokensDefault, capTokens: config.maxOutputTokensCap },
      explain: async (ask) => chat.explainRoute(ask, await findCaller(db, ask)),
    },
    rotateObjectKeys: parts.stored.dataKeys.rewrap,
    scanContent: parts.contentScan.run,
    audit: {
      list: async (slug, page) => record.listAudit(await findChain(db, slug), page),
      verify: async (slug) => record.verifyAudit(await findChain(db, slug)),
      listDecisions: async (slug, ask) => decisions.listDecisions(slug === undefined ? undefined : await findChain(db, slug), ask),
      verifyDecisions: async (slug) => decisions.verifyDecisions(slug === undefined ? undefined : await findChain(db, slug)),
      findReceipt: record.findReceipt,
    },
    directory: {
      directory: createDirectory({ db, nowMs: clock.nowMs, flush: record.flush }),
      people: createPeople({ db, flush: decisions.flush }),
    },
    auditChain: composeAuditChain({ record, decisions }, (slug) => findChain(db, slug)),
    health: {
      ready: async () => ({
        journal: record.health().ok || "journal_unavailable",
        database: await db.ping().then(
          () => true as const,
          () => "store_unavailable",
        ),
      }),
      expose: metrics.expose,
    },
    operations: operated,
    operating: composeOperating({ db, clock, config: () => config, parts }),
  });
  const isGood = async (key: string): Promise<boolean> => {
    try {
      return (await admission.authenticator.authenticate({ authorization: `Bearer ${key}` })).kind === "tenant";
    } catch {
      return false;
    }
  };
  return { endpoints, seed: () => seedDemo({ db, dataDir: config.dataDir, ...administration, ingest, isGood }) };
}
