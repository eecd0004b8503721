import type { Terminal } from "./terminal.ts";
import { printable } from "./terminal.ts";

export type Progress = {
  /** One of `total` is done; `note` is printed on a line of its own where lines are not redrawn. */
  step(name: string, note: string): void;
  /** What is under way: how much of one more step is done, from 0 to 1. Only drawn, never printed. */
  part(name: string, share: number, note: string): void;
  /** A line that stays. */
  say(line: string): void;
  /** Clears the bar. */
  end(): void;
};

const BAR_CHARS = 24;

/** A bar on a terminal, a line for each step elsewhere. Drawn on standard error. */
export function createProgress(terminal: Terminal, total: number): Progress {
  let done = 0;
  const draw = (name: string, share = 0): void => {
    const filled = Math.min(BAR_CHARS, Math.round((BAR_CHARS * (done + share)) / Math.max(1, total)));
    const text = `[${"#".repeat(filled)}${"-".repeat(BAR_CHARS - filled)}] ${String(done)}/${String(total)} ${printable(name)}`;
    terminal.err(`\r\u001b[K${text.slice(0, Math.max(20, terminal.columns - 1))}`);
  };
  const clear = (): void => terminal.err("\r\u001b[K");
  if (terminal.redraws) draw("");
  return {
    step(name, note) {
      done++;
      if (terminal.redraws) draw(name);
      else terminal.err(`${String(done)}/${String(total)} ${printable(name)}: ${printable(note)}\n`);
    },
    part(name, share, note) {
      if (terminal.redraws && done < total) draw(`${name}: ${note}`, share);
    },
    say(line) {
      if (terminal.redraws) clear();
      terminal.err(`${printable(line)}\n`);
    },
    end() {
      if (terminal.redraws) clear();
    },
  };
}
