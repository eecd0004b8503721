import { Fault } from "../../kernel/fault.ts";

/** Room at one model: so many calls at a time, so many waiting in the order they came, and no more. */
export type Places = {
  /** Resolves to the function that gives the place back. Throws `target_busy` where no more may wait, or the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>;
  readonly waiting: number;
};

export type PlacesOptions = { readonly places: number; readonly queue: number };

/** How long a call has taken lately, until one has. */
const GUESS_MS = 2000;
/** Weight of the latest call in the average. */
const WEIGHT = 0.2;

export function createPlaces({ places, queue }: PlacesOptions, nowMs: () => number): Places {
  const line = new Set<() => void>();
  let free = places;
  let averageMs = GUESS_MS;

  const give = (): (() => void) => {
    const beganMs = nowMs();
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      averageMs += WEIGHT * (nowMs() - beganMs - averageMs);
      const [next] = line;
      if (next === undefined) free++;
      else {
        line.delete(next);
        next();
      }
    };
  };

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return give();
      }
      if (line.size >= queue) {
        const retryAfterMs = Math.max(1000, Math.ceil((averageMs * (line.size + 1)) / places));
        throw new Fault("target_busy", { retryAfterMs, say: `The model has ${String(line.size)} calls waiting and takes no more now.` });
      }
      return await new Promise((resolve, reject) => {
        const enter = (): void => {
          signal.removeEventListener("abort", leave);
          resolve(give());
        };
        const leave = (): void => {
          line.delete(enter);
          reject(signal.reason);
        };
        line.add(enter);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
    get waiting() {
      return line.size;
    },
  };
}
