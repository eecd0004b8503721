import type { Terminal } from "./terminal.ts";
import { printable } from "./terminal.ts";

export type Progress = {
  /** One of `total` is done; `note` is printed on a line of its own where lines are not redrawn. */
  step(name: string, note: string): void;
  /** A line that stays. */
  say(line: string): void;
  /** Clears the bar. */
  end(): void;
};

const BAR_CHARS = 24;

/** A bar on a terminal, a line for each step elsewhere. Drawn on standard error. */
export function createProgress(terminal: Terminal, total: number): Progress {
  let done = 0;
  const draw = (name: string): void => {
    const filled = Math.round((BAR_CHARS * done) / Math.max(1, total));
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
    say(line) {
      if (terminal.redraws) clear();
      terminal.err(`${printable(line)}\n`);
    },
    end() {
      if (terminal.redraws) clear();
    },
  };
}
