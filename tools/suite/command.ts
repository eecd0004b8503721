import { spawn } from "node:child_process";

export type CommandResult = { readonly code: number; readonly output: string; readonly seconds: number };

/** Runs a command to its end and keeps what it printed, both streams in the order they came. */
export function runCommand(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const [file = "", ...args] = command;
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const end = (code: number): void =>
      resolve({ code, output: Buffer.concat(chunks).toString("utf8"), seconds: (performance.now() - startedAt) / 1000 });
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => {
      chunks.push(Buffer.from(`${file}: ${error.message}\n`));
      end(127);
    });
    child.on("close", (code, signal) => {
      if (signal !== null) chunks.push(Buffer.from(`\nended by ${signal}\n`));
      end(code ?? 1);
    });
  });
}
