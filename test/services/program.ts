import { spawn, type ChildProcess } from "node:child_process";
import { eventually } from "../e2e/eventually.ts";

export type Program = { /** Everything that it printed so far. */ output(): string; stop(): Promise<void> };

/** A server in a process of its own. Resolves when `ready` does so without throwing. */
export async function startProgram(
  command: readonly string[],
  options: { env?: Record<string, string>; ready(): Promise<unknown> },
): Promise<Program> {
  const [file = "", ...args] = command;
  const child: ChildProcess = spawn(file, args, { env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  };
  process.once("exit", () => child.kill("SIGKILL"));
  try {
    await eventually(options.ready, { hopeless: () => child.exitCode !== null });
  } catch (error) {
    await stop();
    throw new Error(`${file} did not start\n${output.slice(-3000)}`, { cause: error });
  }
  return { output: () => output, stop };
}

/** The program that the runner found, or undefined after saying why there is none. */
export function programOf(name: "S3" | "OTELCOL" | "PROMETHEUS" | "QDRANT"): string | undefined {
  const path = process.env[`WEIR_TEST_${name}_BIN`];
  if (path !== undefined) return path;
  const why = process.env[`WEIR_TEST_${name}_WHY`] ?? "npm run test:services starts it";
  console.log(`# skipped: no ${name.toLowerCase()} server: ${why}`);
  return undefined;
}
