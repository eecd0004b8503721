/** Text of an answer up to the first stop string. What may be the beginning of one is held back until that is known. */
export type StopCut = {
  /** What may be passed on now. */
  push(text: string): string;
  readonly stopped: boolean;
  /** What was held back, at the end. */
  rest(): string;
};

export function createStopCut(stops: readonly string[]): StopCut {
  let held = "";
  let stopped = false;
  return {
    push(text) {
      if (stopped) return "";
      held += text;
      const at = firstOf(held, stops);
      if (at !== undefined) {
        stopped = true;
        return held.slice(0, at);
      }
      const keep = longestBeginning(held, stops);
      const out = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return out;
    },
    get stopped() {
      return stopped;
    },
    rest: () => (stopped ? "" : held),
  };
}

function firstOf(text: string, stops: readonly string[]): number | undefined {
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Length of the longest end of `text` that some stop string begins with. */
export function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (stop.startsWith(text.slice(text.length - length))) longest = length;
    }
  }
  return longest;
}
