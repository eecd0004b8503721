/** Weir under test: a config file, a start, tenants with keys, and what its admin API and metrics say afterwards. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MODEL } from "./payload.ts";
import { start, wait, type Running } from "./process.ts";

export type Gateway = {
  readonly url: string;
  readonly running: Running;
  /** One `Authorization` header per tenant. */
  readonly callers: readonly Readonly<Record<string, string>>[];
  /** Events in the journal that the database does not have yet; undefined where the metric is missing. */
  readonly backlog: () => Promise<number | undefined>;
  /** All calls that the ledger holds. */
  readonly ledgerCalls: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

export type GatewayOptions = {
  readonly folder: string;
  readonly core: number;
  readonly mockUrl: string;
  readonly tenants: number;
  /** Unset: the embedded database. */
  readonly databaseUrl?: string;
  /** Up to the word `serve`: the program and its first arguments. */
  readonly command: readonly string[];
  /** Trust of the provider; private unless told. */
  readonly trust?: "private" | "external";
  /** The file's `guard`, as JSON; what the documents call the default unless told. */
  readonly guard?: string;
};

const READY_MS_MAX = 60_000;
/** Limits that are never reached: they have to be looked up, counted and settled all the same. */
const BUDGET_USD = 1_000_000;
const PER_MINUTE = 1_000_000_000;

const yaml = ({ mockUrl, trust = "private", guard = "{}" }: GatewayOptions): string => `guard: ${guard}
providers:
  mock: { kind: openai, baseUrl: "${mockUrl}/v1", trust: ${trust} }
models:
  ${MODEL}: { provider: mock, upstream: ${MODEL}, contextTokens: 128000, price: { inputPerMTok: 0.15, outputPerMTok: 0.6 } }
`;

/** A client of the admin API that says what went wrong. */
function createAdmin(url: string, adminKey: string) {
  return async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /admin/v1${path} answered ${response.status}\n${text.slice(0, 500)}`);
    return text === "" ? {} : JSON.parse(text);
  };
}

async function createTenants(admin: ReturnType<typeof createAdmin>, count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let at = 0; at < count; at++) {
    const slug = `bench-${at}`;
    await admin("POST", "/tenants", { slug, name: `Bench ${at}` });
    await admin("PATCH", `/tenants/${slug}`, { budgetUsd: BUDGET_USD, rpm: PER_MINUTE, tpm: PER_MINUTE });
    const made = await admin("POST", `/tenants/${slug}/keys`, { name: "bench", budgetUsd: BUDGET_USD, rpm: PER_MINUTE, tpm: PER_MINUTE });
    if (typeof made["key"] !== "string") throw new TypeError("the admin API gave no key");
    keys.push(made["key"]);
  }
  return keys;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  mkdirSync(options.folder, { recursive: true });
  const config = join(options.folder, "weir.yaml");
  writeFileSync(config, yaml(options));
  const adminKey = randomBytes(24).toString("hex");
  const running = start(
    [...options.command, "serve", "--host", "127.0.0.1", "--port", "0", "--data", join(options.folder, "data"), "--config", config],
    {
      core: options.core,
      env: {
        WEIR_ADMIN_KEY: adminKey,
        WEIR_SECRET: randomBytes(32).toString("hex"),
        DATABASE_URL: options.databaseUrl ?? "",
      },
    },
  );
  try {
    const line = await running.line(/^weir listening on http:\/\//, READY_MS_MAX);
    const url = line.slice(line.indexOf("http://")).trim();
    const admin = createAdmin(url, adminKey);
    const keys = await createTenants(admin, options.tenants);
    return {
      url,
      running,
      callers: keys.map((key) => ({ Authorization: `Bearer ${key}` })),
      async backlog() {
        const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminKey}` } })).text();
        const value = text.match(/^weir_journal_backlog_bytes(?:\{[^}]*\})? (\S+)$/m)?.[1];
        return value === undefined ? undefined : Number(value);
      },
      async ledgerCalls() {
        const { totals } = await admin("GET", "/usage?limit=1");
        return Number(new Map(Object.entries(totals ?? {})).get("calls") ?? Number.NaN);
      },
      stop: () => running.stop(),
    };
  } catch (error) {
    await running.stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${running.output()}`, { cause: error });
  }
}

/** Waits until the database has everything, and gives the seconds it took. */
export async function drain(gateway: Gateway, secondsMax: number): Promise<number> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  while (seconds() < secondsMax) {
    const left = await gateway.backlog().catch(() => undefined);
    if (left === 0) return seconds();
    if (left === undefined) return Number.NaN;
    await wait(100);
  }
  return Number.POSITIVE_INFINITY;
}
