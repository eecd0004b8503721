/** What is measured: something that answers chat completions, and what has to happen around each run. */
import { join } from "node:path";
import { startPostgres } from "../tools/suite/postgres.ts";
import { drain, startGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
import { startProxy, type NginxServer } from "./nginx.ts";
import type { Options } from "./options.ts";
import { LONG_BODY, PERSONAL_BODY } from "./payload.ts";
import { startPortkey } from "./portkey.ts";
import type { Running } from "./process.ts";
import { wrk } from "./wrk.ts";

export type Subject = {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly callers: readonly Readonly<Record<string, string>>[];
  /** Where CPU time and memory are read; undefined for the mock, which shares its core with the load. */
  readonly running: Running | undefined;
  readonly gateway: Gateway | undefined;
  /** What is asked; the short conversation unless told. */
  readonly body?: string | undefined;
  /** Before and after each run; `before` gives how many calls it made itself, `after` the seconds in which the database caught up. */
  readonly before: () => Promise<number>;
  readonly after: () => Promise<number>;
  readonly close: () => Promise<void>;
};

export type Bench = { readonly folder: string; readonly options: Options; readonly mock: NginxServer };

const DRAIN_S_MAX = 300;
/** A process gives leases back when they have not been used for a minute, and each round takes longer. */
const REFRESH_S = 2;
const nothing = (): Promise<number> => Promise.resolve(0);
const notDrained = (): Promise<number> => Promise.resolve(Number.NaN);
const ANYONE = [{ Authorization: "Bearer x" }];

const plain = (name: string, title: string, server: { url: string; running: Running }): Subject => ({
  name,
  title,
  url: server.url,
  callers: ANYONE,
  running: server.running,
  gateway: undefined,
  before: nothing,
  after: notDrained,
  close: () => server.running.stop(),
});

const ofGateway = (name: string, title: string, gateway: Gateway): Subject => ({
  name,
  title,
  url: gateway.url,
  callers: gateway.callers,
  running: gateway.running,
  gateway,
  before: nothing,
  after: () => drain(gateway, DRAIN_S_MAX),
  close: () => gateway.stop(),
});

function gatewayOptions(bench: Bench, name: string) {
  const { options } = bench;
  return {
    folder: join(bench.folder, name),
    core: options.gatewayCore,
    mockUrl: bench.mock.url,
    tenants: options.tenants,
    command: options.gateway,
  };
}

async function withPostgres(
  bench: Bench,
  name: string,
  title: string,
  more: Partial<GatewayOptions> = {},
): Promise<{ subject: Subject; stop: () => Promise<void>; start: () => Promise<void> }> {
  const postgres = await startPostgres({ cpus: String(bench.options.loadCore), settings: ["shared_buffers=256MB", "max_wal_size=4GB"] });
  try {
    const gateway = await startGateway({ ...gatewayOptions(bench, name), databaseUrl: postgres.url, ...more });
    const subject = ofGateway(name, title, gateway);
    const close = async (): Promise<void> => {
      await gateway.stop();
      await postgres.close();
    };
    return { subject: { ...subject, close }, stop: postgres.stop, start: postgres.start };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

type Entry = { readonly name: string; readonly start: (bench: Bench) => Promise<Subject> };

const GUARD_OFF = '{ "pii": "off", "injection": "off", "outputPii": "off", "outputLinks": "off" }';
const GUARD_ALL =
  '{ "canary": true, "outputPii": "mask", "outputLinks": "defang", "linkHosts": ["example.com"], "outputToxicity": "block" }';

/** The database is stopped for the time of each run: what is written is the journal, what is known is in memory. */
function journalAlone(name: string, title: string, more: Partial<GatewayOptions> = {}, body?: string): Entry {
  return {
    name,
    start: async (bench) => {
      const { subject, stop, start } = await withPostgres(bench, name, title, more);
      const before = async (): Promise<number> => {
        const { options, folder } = bench;
        const load = {
          url: subject.url,
          seconds: REFRESH_S,
          connections: options.connections,
          core: options.loadCore,
          callers: subject.callers,
          body,
        };
        const { requests } = await wrk(folder, load);
        await subject.after();
        await stop();
        return requests;
      };
      const after = async (): Promise<number> => {
        await start();
        return subject.after();
      };
      return { ...subject, body, before, after };
    },
  };
}

/** Each by its name, started only when asked for. */
export const SUBJECTS: readonly Entry[] = [
  {
    name: "mock",
    start: (bench) =>
      Promise.resolve({
        ...plain("mock", "the mock itself: the load generator's limit", bench.mock),
        running: undefined,
        close: () => Promise.resolve(),
      }),
  },
  {
    name: "nginx",
    start: async ({ folder, options, mock }) => plain("nginx", "nginx proxy_pass", await startProxy(folder, options.gatewayCore, mock.url)),
  },
  {
    name: "bun",
    start: async (bench) => {
      const command = [process.execPath, join(import.meta.dirname, "stand-in.ts")];
      const gateway = await startGateway({ ...gatewayOptions(bench, "bun"), command });
      return { ...ofGateway("bun", "Bun.serve + fetch, doing nothing", gateway), gateway: undefined, after: notDrained };
    },
  },
  {
    name: "portkey",
    start: async ({ options, mock }) => {
      const portkey = await startPortkey(options.gatewayCore, mock.url);
      return { ...plain("portkey", "Portkey 1.15.2", portkey), callers: [portkey.headers] };
    },
  },
  journalAlone("journal", "Weir, journal alone (PostgreSQL stopped)"),
  journalAlone("guard-off", "the same without rules for content", { guard: GUARD_OFF }),
  journalAlone("guard-2k", "the same with prompts of 2 KB", {}, LONG_BODY),
  journalAlone("guard-2k-off", "prompts of 2 KB without rules for content", { guard: GUARD_OFF }, LONG_BODY),
  journalAlone(
    "guard-mask",
    "0.5 KB with five identifiers of one person, masked for an external model",
    { trust: "external" },
    PERSONAL_BODY,
  ),
  journalAlone("guard-all", "every rule on, 0.5 KB", { guard: GUARD_ALL }),
  {
    name: "postgres",
    start: async (bench) => (await withPostgres(bench, "postgres", "Weir, shipping to PostgreSQL on the other core")).subject,
  },
  {
    name: "pglite",
    start: async (bench) =>
      ofGateway("pglite", "Weir, shipping to PGlite in its own process", await startGateway(gatewayOptions(bench, "pglite"))),
  },
];
