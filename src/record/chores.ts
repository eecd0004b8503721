import type { Clock } from "../kernel/clock.ts";

type Chore = { readonly name: string; readonly everyMs: number; readonly run: () => Promise<void>; atMs: number; busy: boolean };

/** Small recurring work, each at most once at a time. A chore is first due one period after it was added. */
export type Chores = {
  add(name: string, everyMs: number, run: () => Promise<void>): void;
  /** Begins what is due. */
  tick(): void;
};

export function createChores(clock: Clock, failed: (name: string, error: unknown) => void): Chores {
  const chores: Chore[] = [];
  const start = async (chore: Chore): Promise<void> => {
    chore.busy = true;
    chore.atMs = clock.nowMs();
    try {
      await chore.run();
    } catch (error) {
      failed(chore.name, error);
    } finally {
      chore.busy = false;
    }
  };
  return {
    add(name, everyMs, run) {
      chores.push({ name, everyMs, run, atMs: clock.nowMs(), busy: false });
    },
    tick() {
      for (const chore of chores) if (!chore.busy && clock.nowMs() - chore.atMs >= chore.everyMs) void start(chore);
    },
  };
}
