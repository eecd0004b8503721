/** Work that outlives the call that asked for it: one piece at a time, in order. */
export type Background = {
  /** `name` tells whether the same work is waiting or under way already: then it is not added again. */
  add(name: string, work: (signal: AbortSignal) => Promise<void>): void;
  has(name: string): boolean;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** Tells the work under way to stop at its next step, drops the rest, and waits. */
  close(): Promise<void>;
};

export function createBackground(onError: (name: string, error: unknown) => void): Background {
  const stop = new AbortController();
  const waiting = new Map<string, (signal: AbortSignal) => Promise<void>>();
  let running: { readonly name: string } | undefined;
  let loop: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    for (let next = first(); next !== undefined; next = first()) {
      const [name, work] = next;
      waiting.delete(name);
      running = { name };
      try {
        await work(stop.signal);
      } catch (error) {
        onError(name, error);
      }
    }
    running = undefined;
  }
  const first = (): [string, (signal: AbortSignal) => Promise<void>] | undefined =>
    stop.signal.aborted ? undefined : [...waiting.entries()][0];

  return {
    add(name, work) {
      if (stop.signal.aborted || waiting.has(name)) return;
      waiting.set(name, work);
      if (running !== undefined || waiting.size > 1) return;
      loop = loop.then(run);
    },
    has: (name) => waiting.has(name) || running?.name === name,
    async idle() {
      await loop;
    },
    async close() {
      stop.abort();
      waiting.clear();
      await loop;
    },
  };
}
