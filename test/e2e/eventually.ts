/** Servers and programs that were just started take the longest. */
const WITHIN_MS = 20_000;
const EVERY_MS = 50;

export type Waiting = {
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** Tells that no later look can succeed: the wait ends at once. */
  readonly hopeless?: () => boolean;
};

/** What `look` gives when it first does not throw. Where it always does, throws its last error: that tells the last state. */
export async function eventually<T>(look: () => Promise<T>, options: Waiting = {}): Promise<T> {
  const { withinMs = WITHIN_MS, everyMs = EVERY_MS, hopeless = () => false } = options;
  for (const until = Date.now() + withinMs; ;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > until || hopeless()) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
