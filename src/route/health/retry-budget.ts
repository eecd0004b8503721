/** So many repeats may be saved up: what a quiet hour saved must not become a storm. */
const SAVED_MAX = 10;

/**
 * Repeats at one target as a share of its calls: each first asking pays in a share, each repeat takes one out. It begins empty, so that
 * over any time repeats are at most that share of the calls.
 */
export function createRetryBudget(share: () => number) {
  let saved = 0;
  return {
    asked(): void {
      saved = Math.min(SAVED_MAX, saved + share());
    },
    take(): boolean {
      // Five fifths are a whole, whatever binary fractions make of it.
      if (saved < 1 - 1e-9) return false;
      saved -= 1;
      return true;
    },
  };
}
