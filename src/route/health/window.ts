/** Steps that the window moves in: what is up to a tenth older than it is still counted. */
const STEPS = 10;

/** Calls of the last so many milliseconds and how many of them failed, in memory that does not grow with them. */
export function createWindow(windowMs: () => number) {
  const calls = new Float64Array(STEPS);
  const bad = new Float64Array(STEPS);
  let step = Number.NEGATIVE_INFINITY;

  const moveTo = (nowMs: number): number => {
    const now = Math.floor(nowMs / (windowMs() / STEPS));
    const passed = Math.abs(now - step);
    // A clock of another scale, or a window that was made longer or shorter, begins anew.
    for (let each = 0; each < Math.min(STEPS, passed); each++) {
      const at = (((now - each) % STEPS) + STEPS) % STEPS;
      calls[at] = 0;
      bad[at] = 0;
    }
    step = now;
    return ((now % STEPS) + STEPS) % STEPS;
  };

  return {
    add(isBad: boolean, nowMs: number): void {
      const at = moveTo(nowMs);
      calls[at] = (calls[at] ?? 0) + 1;
      if (isBad) bad[at] = (bad[at] ?? 0) + 1;
    },
    count(nowMs: number): { readonly calls: number; readonly bad: number } {
      moveTo(nowMs);
      return { calls: sum(calls), bad: sum(bad) };
    },
    clear(): void {
      calls.fill(0);
      bad.fill(0);
    },
  };
}

const sum = (of: Float64Array): number => of.reduce((total, each) => total + each, 0);
