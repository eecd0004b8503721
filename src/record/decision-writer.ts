import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { PLATFORM_CHAIN } from "../store/decisions.ts";
import { errorCode } from "./attempts.ts";
import type { AppendDecisions, Entry } from "./decision-chain.ts";
import type { Counted } from "./decision-counter.ts";
import type { Noted } from "./decision.ts";
import type { RecordLog } from "./record-log.ts";

/** With the database away so many wait; 300 bytes each. */
const WAITING_MAX = 20_000;
/** In one transaction: some milliseconds. */
const BATCH = 200;

type Deps = {
  readonly db: Database;
  readonly log: RecordLog;
  findTenantId(slug: string): Promise<TenantId | undefined>;
};

/** Writes what waits, in order, a batch at a time. With the database away all of it waits on; what the database refuses stops nothing else. */
export type DecisionWriter = {
  add(counted: Counted): void;
  write(): Promise<void>;
  /** Also what came while a writing was under way. */
  flush(): Promise<void>;
  readonly waiting: number;
};

export function createDecisionWriter(deps: Deps, append: AppendDecisions): DecisionWriter {
  const waiting: Counted[] = [];
  let lost = 0;
  const writeChain = createChainWriter(deps, append);
  const writeBatch = async (): Promise<void> => {
    const left = new Set(waiting.splice(0, BATCH));
    try {
      for (const [tenantId, counted] of await toChains(deps, left)) {
        await writeChain(tenantId, counted);
        for (const one of counted) left.delete(one);
      }
    } finally {
      waiting.unshift(...left);
    }
  };
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) await writeBatch();
    if (lost > 0) deps.log.warn("record.decisions-lost", { count: lost });
    lost = 0;
  };
  let writing: Promise<void> | undefined;
  const write = (): Promise<void> => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  };
  return {
    add(counted) {
      if (waiting.length < WAITING_MAX) waiting.push(counted);
      else lost++;
    },
    write,
    async flush() {
      await writing?.catch(() => undefined);
      await write();
    },
    get waiting() {
      return waiting.length;
    },
  };
}

const isAway = (error: unknown): boolean => error instanceof Fault && error.code === "store_unavailable";

function createChainWriter({ db, log }: Deps, append: AppendDecisions) {
  const writeChain = async (tenantId: TenantId, counted: readonly Counted[]): Promise<void> => {
    try {
      await db.transaction(tenantScope(tenantId), (tx) => append(tx, tenantId, counted.map(toEntry)));
    } catch (error) {
      if (isAway(error)) throw error;
      // One that the database does not take must not keep the others waiting for good.
      if (counted.length === 1) log.error("record.decision-refused", { code: errorCode(error) });
      else for (const one of counted) await writeChain(tenantId, [one]);
    }
  };
  return writeChain;
}

async function toChains(deps: Deps, batch: Iterable<Counted>): Promise<ReadonlyMap<TenantId, readonly Counted[]>> {
  const chains = new Map<TenantId, Counted[]>();
  for (const counted of batch) {
    const chain = await chainOf(deps, counted.decision);
    chains.set(chain, [...(chains.get(chain) ?? []), counted]);
  }
  return chains;
}

/** A slug comes from an address, so it may be anything: what is no tenant's is the platform's. */
async function chainOf({ findTenantId }: Deps, { tenantId, tenantSlug }: Noted): Promise<TenantId> {
  if (tenantId !== undefined || tenantSlug === undefined) return tenantId ?? PLATFORM_CHAIN;
  try {
    return (await findTenantId(tenantSlug)) ?? PLATFORM_CHAIN;
  } catch (error) {
    if (isAway(error)) throw error;
    return PLATFORM_CHAIN;
  }
}

function toEntry({ decision: { tenantId: _id, tenantSlug: _slug, ...decision }, atMs, count }: Counted): Entry {
  return { decision, atMs, count };
}
