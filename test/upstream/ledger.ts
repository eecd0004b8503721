/** One request that reached the fake upstream. */
export type FakeCall = {
  readonly id: number;
  /** `call=…` of its directives. */
  readonly name: string | undefined;
  readonly protocol: "openai" | "anthropic";
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  readonly headers: ReadonlyMap<string, string>;
  /** The body; undefined once it is among the oldest. */
  body: Readonly<Record<string, unknown>> | undefined;
  readonly inputTokens: number;
  /** Tokens that were produced, so far. */
  outputTokens: number;
  /** Usage as it was told to the caller; undefined where it was not, or not yet. */
  reported: { readonly inputTokens: number; readonly outputTokens: number } | undefined;
  state: "open" | "finished" | "aborted" | "faulted" | "refused";
  /** Monotonic, when the state last changed. */
  changedAtMs: number;
};

export type Ledger = {
  readonly calls: readonly FakeCall[];
  readonly active: number;
  readonly peak: number;
  add(call: Omit<FakeCall, "id" | "outputTokens" | "reported" | "state" | "changedAtMs">): FakeCall;
  end(call: FakeCall, state: FakeCall["state"]): void;
  /** Anything changed that a waiter may look for. */
  changed(): void;
  /** Resolves as soon as `isTrue` holds, which is looked at whenever something changes. Rejects after `withinMs`. */
  until(isTrue: () => boolean, withinMs?: number): Promise<void>;
};

/** Whole bodies kept, so that a run over 100,000 calls stays small. */
const BODIES_KEPT = 1000;

export function createLedger(): Ledger {
  const calls: FakeCall[] = [];
  const waiting = new Set<() => void>();
  let active = 0;
  let peak = 0;
  const changed = (): void => {
    for (const look of waiting) look();
  };
  return {
    calls,
    get active() {
      return active;
    },
    get peak() {
      return peak;
    },
    add(call) {
      const added: FakeCall = {
        ...call,
        id: calls.length,
        outputTokens: 0,
        reported: undefined,
        state: "open",
        changedAtMs: performance.now(),
      };
      calls.push(added);
      const old = calls[calls.length - 1 - BODIES_KEPT];
      if (old !== undefined) old.body = undefined;
      active++;
      peak = Math.max(peak, active);
      changed();
      return added;
    },
    end(call, state) {
      if (call.state !== "open") return;
      call.state = state;
      call.changedAtMs = performance.now();
      active--;
      changed();
    },
    changed,
    until(isTrue, withinMs = 5000) {
      if (isTrue()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`fake upstream: not so within ${withinMs} ms`));
        }, withinMs);
        const look = (): void => {
          if (!isTrue()) return;
          waiting.delete(look);
          clearTimeout(timer);
          resolve();
        };
        waiting.add(look);
      });
    },
  };
}
