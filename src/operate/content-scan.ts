import type { Finding } from "../domain/finding.ts";
import { toIso } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { ContentFiles, DecisionLog } from "../record/index.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { findDecisionHead, listDecisions } from "../store/decisions.ts";
import { listChain, readChainEnd } from "../store/ledger-audit.ts";

/** Looked at of each tenant: its newest files, lines and entries. A sample: what leaks, leaks again. */
const FILES_MAX = 10;
const LINES_MAX = 500;
const ENTRIES_MAX = 200;
/** What is of before a scan and was written after it: chat logs are held for seconds, journals are shipped in less. */
const LATE_MS = 3_600_000;
/** Between so many texts others may run. */
const TEXTS_AT_ONCE = 20;
/** In records, whose digests and counts look like much else: only what is certain by its form. */
const IN_RECORDS: ReadonlySet<string> = new Set<Finding["type"]>(["EMAIL", "IBAN", "CARD"]);

export type ScanReport = {
  readonly tenants: number;
  /** Scrubbed lines of chat logs, and entries of both chains. */
  readonly lines: number;
  readonly entries: number;
  /** How many of each kind of personal data were found where none may be. */
  readonly findings: Readonly<Record<string, number>>;
};

export type ContentScanDeps = {
  readonly db: Database;
  readonly files: Pick<ContentFiles, "list" | "read">;
  listTenants(): AsyncIterable<{ readonly id: TenantId }>;
  find(text: string): readonly Pick<Finding, "type">[];
  readonly decisions: Pick<DecisionLog, "note" | "flush">;
  readonly log: { error(message: string, fields: Readonly<Record<string, string | number>>): void };
};

export type ContentScan = {
  /** Of what is there now, or of what has come since that moment. */
  run(sinceMs?: number): Promise<ScanReport>;
  /** Of the newest scan; 0 before the first. */
  readonly found: number;
};

/**
 * Looks whether personal data stands where the rules keep it out: in scrubbed chat logs, and in the records of calls and decisions. It tells
 * where and of which kind, never what.
 */
export function createContentScan(deps: ContentScanDeps): ContentScan {
  const { decisions, log } = deps;
  let found = 0;
  const alarm = (tenantId: TenantId, where: string, counts: ReadonlyMap<string, number>): void => {
    if (counts.size === 0) return;
    const kinds = [...counts].map(([type, count]) => `${type} ${String(count)}`).join(", ");
    log.error("personal data was found in what is kept", { tenantId, where, kinds });
    decisions.note({ category: "security", action: "content.scan", outcome: "denied", resource: where, reason: kinds, tenantId });
  };
  return {
    get found() {
      return found;
    },
    async run(sinceMs) {
      const fromMs = sinceMs === undefined ? undefined : sinceMs - LATE_MS;
      const fromDate = fromMs === undefined ? undefined : toIso(fromMs).slice(0, 10);
      await decisions.flush();
      const all = new Map<string, number>();
      const sums = { tenants: 0, lines: 0, entries: 0 };
      const look = createLook(deps.find, all);
      for await (const { id: tenantId } of deps.listTenants()) {
        sums.tenants++;
        for (const key of await newest(deps.files.list(tenantId, fromDate))) {
          const lines = (await deps.files.read(tenantId, key)).filter(({ policy }) => policy !== "full").slice(-LINES_MAX);
          sums.lines += lines.length;
          alarm(tenantId, key, await look(lines.flatMap(({ messages, answer }) => textsOf([messages, answer]))));
        }
        for (const [where, bodies] of Object.entries(await readRecords(deps.db, tenantId, fromMs))) {
          sums.entries += bodies.length;
          const texts = bodies.flatMap((body) => textsOf(tryParse(body)));
          alarm(tenantId, where, await look(texts, IN_RECORDS));
        }
      }
      found = [...all.values()].reduce((sum, count) => sum + count, 0);
      return { ...sums, findings: Object.fromEntries(all) };
    },
  };
}

/** Counts what is found in texts, for them and for all. */
function createLook(find: ContentScanDeps["find"], all: Map<string, number>) {
  return async (texts: readonly string[], only?: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> => {
    const counts = new Map<string, number>();
    for (const [at, text] of texts.entries()) {
      if (at % TEXTS_AT_ONCE === TEXTS_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
      for (const { type } of find(text)) {
        if (only?.has(type) === false) continue;
        for (const map of [counts, all]) map.set(type, (map.get(type) ?? 0) + 1);
      }
    }
    return counts;
  };
}

async function newest(keys: AsyncIterable<string>): Promise<readonly string[]> {
  const last: string[] = [];
  for await (const key of keys) {
    last.push(key);
    if (last.length > FILES_MAX) last.shift();
  }
  return last;
}

const lastPage = (end: number) => ({ afterSeq: Math.max(0, end - ENTRIES_MAX), limit: ENTRIES_MAX });

async function readRecords(
  db: Database,
  tenantId: TenantId,
  fromMs = Number.NEGATIVE_INFINITY,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const scope = tenantScope(tenantId);
  const { last } = await readChainEnd(db, scope, tenantId);
  const head = await findDecisionHead(db, tenantId);
  const calls = await listChain(db, scope, tenantId, lastPage(last));
  const decided = await listDecisions(db, tenantId, lastPage(head?.seq ?? 0));
  const bodiesOf = (rows: readonly { readonly createdAtMs: number; readonly body: string }[]): readonly string[] =>
    rows.filter(({ createdAtMs }) => createdAtMs >= fromMs).map(({ body }) => body);
  return { events: bodiesOf(calls), decisions: bodiesOf(decided) };
}

/** Every text in a JSON value, names of fields included. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
