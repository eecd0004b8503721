/** Lets parts of streams through as a test says. */
export type Gate = {
  /** Lets so many more parts through. */
  step(count?: number): void;
  /** Lets everything through from now on. */
  open(): void;
  /** Parts that wait. */
  readonly waiting: number;
  pass(): Promise<void>;
};

export function createGate(onChange: () => void): Gate {
  const waiting: (() => void)[] = [];
  let permits = 0;
  const release = (): void => {
    while (permits > 0) {
      const next = waiting.shift();
      if (next === undefined) return;
      permits--;
      next();
    }
  };
  return {
    get waiting() {
      return waiting.length;
    },
    step(count = 1) {
      permits += count;
      release();
    },
    open() {
      permits = Number.POSITIVE_INFINITY;
      release();
    },
    pass() {
      if (permits > 0) {
        permits--;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
        onChange();
      });
    },
  };
}
