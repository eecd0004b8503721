/** Who may use the one connection next. */
export type Turns = {
  /** For one statement: several may be on their way at once, they run one after the other. */
  take(text: string): Promise<() => void>;
  /** For a transaction: nobody else until it is released. */
  takeAlone(): Promise<() => void>;
};

type Ticket = { readonly alone: boolean; readonly start: (release: () => void) => void };

/** Statements under way at once: enough that the worker never waits for the next message, few enough that a read overtakes soon. */
const TOGETHER_MAX = 4;
/** Reads that may overtake a waiting write in a row. Without a bound a busy reader would starve ingestion. */
const OVERTAKES_MAX = 16;

/** Two queues: single reads go before writes and transactions, up to a bound. */
export function createTurns(): Turns {
  const reads: Ticket[] = [];
  const writes: Ticket[] = [];
  let running = 0;
  let alone = false;
  let overtakes = 0;

  const pick = (): Ticket | undefined => {
    if (alone || running >= TOGETHER_MAX) return undefined;
    const write = writes[0];
    if (reads.length > 0 && (write === undefined || overtakes < OVERTAKES_MAX)) {
      overtakes = write === undefined ? 0 : overtakes + 1;
      return reads.shift();
    }
    if (write === undefined || (write.alone && running > 0)) return undefined;
    overtakes = 0;
    return writes.shift();
  };
  const advance = (): void => {
    for (let next = pick(); next !== undefined; next = pick()) {
      running++;
      alone = next.alone;
      next.start(releaseOf(next));
    }
  };
  const releaseOf = (ticket: Ticket) => {
    let held = true;
    return (): void => {
      if (!held) return;
      held = false;
      running--;
      if (ticket.alone) alone = false;
      advance();
    };
  };
  const enter = (queue: Ticket[], isAlone: boolean): Promise<() => void> =>
    new Promise((resolve) => {
      queue.push({ alone: isAlone, start: resolve });
      advance();
    });

  return {
    take: (text) => enter(isRead(text) ? reads : writes, false),
    takeAlone: () => enter(writes, true),
  };
}

const isRead = (text: string): boolean => /^\s*select\b/i.test(text);
