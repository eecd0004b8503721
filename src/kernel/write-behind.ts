import type { TenantId } from "./ids.ts";

/** Rows that nobody waits for: they are written a second later, each tenant's together. */
export type WriteBehind<Row> = {
  /** It never fails and never waits. False: so many wait already that this one is not taken. */
  add(tenantId: TenantId, name: string, row: Row): boolean;
  /** What was added and is not in the database yet. A name that is added again while it waits replaces the row. */
  waiting(tenantId: TenantId): Iterable<Row>;
  isWaiting(tenantId: TenantId, name: string): boolean;
  /** All that was added before is in the database when it resolves, or counted as lost. */
  flush(): Promise<void>;
  start(): void;
  /** Writes what waits, and stops. */
  close(): Promise<void>;
};

export type WriteBehindOptions<Row> = {
  write(tenantId: TenantId, rows: readonly Row[]): Promise<void>;
  onLost(error: unknown, count: number): void;
  /** What a database that is away lets pile up in memory, all tenants together. */
  readonly waitingMax: number;
};

const WRITE_EVERY_MS = 1000;

type Held<Row> = Map<TenantId, Map<string, Row>>;

export function createWriteBehind<Row>({ write, onLost, waitingMax }: WriteBehindOptions<Row>): WriteBehind<Row> {
  let held: Held<Row> = new Map();
  /** Of the writing under way: whoever looks for a row finds it until the database has it. */
  let taken: Held<Row> = new Map();
  let count = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let writing: Promise<void> = Promise.resolve();

  const writeHeld = async (): Promise<void> => {
    taken = held;
    held = new Map();
    count = 0;
    for (const [tenantId, rows] of taken) {
      try {
        await write(tenantId, [...rows.values()]);
      } catch (error) {
        onLost(error, rows.size);
      }
      taken.delete(tenantId);
    }
  };
  /** One after the other: whoever waits for what was added waits for the writing that took it. */
  const flush = (): Promise<void> => (writing = writing.then(writeHeld));
  return {
    add(tenantId, name, row) {
      if (count >= waitingMax) return false;
      const rows = held.get(tenantId) ?? new Map<string, Row>();
      held.set(tenantId, rows);
      if (!rows.has(name)) count++;
      rows.set(name, row);
      return true;
    },
    waiting: (tenantId) => [...(taken.get(tenantId)?.values() ?? []), ...(held.get(tenantId)?.values() ?? [])],
    isWaiting: (tenantId, name) => held.get(tenantId)?.has(name) === true || taken.get(tenantId)?.has(name) === true,
    flush,
    start() {
      timer = setInterval(() => void flush(), WRITE_EVERY_MS);
      timer.unref();
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
