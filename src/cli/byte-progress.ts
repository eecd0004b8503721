import type { Terminal } from "./terminal.ts";

export type ByteProgress = {
  /** So many bytes are there. */
  at(bytes: number, total: number | undefined): void;
  end(): void;
};

const BAR_CHARS = 24;
const REDRAW_MS = 100;
/** Where lines are not redrawn, one for each tenth. */
const STEPS = 10;

/** How much of a file is there, and how fast it comes. Drawn on standard error. */
export function createByteProgress(terminal: Terminal, monotonicMs: () => number): ByteProgress {
  const startedMs = monotonicMs();
  let first: number | undefined;
  let drawnMs = Number.NEGATIVE_INFINITY;
  let step = -1;
  return {
    at(bytes, total) {
      first ??= bytes;
      const nowMs = monotonicMs();
      const share = total === undefined || total === 0 ? 0 : bytes / total;
      const speed = formatBytes(((bytes - first) / Math.max(1, nowMs - startedMs)) * 1000);
      const amount = total === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`;
      if (terminal.redraws) {
        if (nowMs - drawnMs < REDRAW_MS && bytes !== total) return;
        drawnMs = nowMs;
        const filled = Math.round(BAR_CHARS * share);
        const line = `[${"#".repeat(filled)}${"-".repeat(BAR_CHARS - filled)}] ${amount}, ${speed}/s`;
        terminal.err(`\r\u001b[K${line.slice(0, Math.max(20, terminal.columns - 1))}`);
      } else if (Math.floor(share * STEPS) > step) {
        step = Math.floor(share * STEPS);
        terminal.err(`${amount}\n`);
      }
    },
    end() {
      if (terminal.redraws) terminal.err("\r\u001b[K");
    },
  };
}

export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
