import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ADMIN_KEY } from "./server.ts";

/** The real program as a process of its own. */
export type WeirChild = {
  readonly url: string;
  readonly pid: number;
  readonly startedMs: number;
  /** Standard error so far. */
  readonly errors: () => string;
  signal(name: "SIGKILL" | "SIGTERM"): void;
  /** Its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
};

const MAIN = join(import.meta.dirname, "../../src/main.ts");

/** `weir serve` on a data folder, ready. It sees nothing of this process's environment but the path. */
export async function startChild(dataDir: string, config: string, env: Readonly<Record<string, string>> = {}): Promise<WeirChild> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [MAIN, "serve", "--port", "0", "--data", dataDir, "--config", config], {
    cwd: dataDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", WEIR_ADMIN_KEY: ADMIN_KEY, ...env },
  });
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors = (errors + text.toString()).slice(-100_000)));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (text: Buffer) => {
      printed += text.toString();
      const found = /^weir listening on (\S+)$/m.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    void exited.then((code) => reject(new Error(`weir ended with ${String(code)} before it was ready: ${errors}`)));
  });
  if (child.pid === undefined) throw new Error("the process has no id");
  return {
    url,
    pid: child.pid,
    startedMs: performance.now() - startMs,
    errors: () => errors,
    signal: (name) => void child.kill(name),
    exited,
  };
}

/** An admin call that must succeed. */
export async function adminCall<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

export async function makeTenant(url: string, slug: string, settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
  await adminCall(url, "POST", "/admin/v1/tenants", { slug, name: slug });
  if (Object.keys(settings).length > 0) await adminCall(url, "PATCH", `/admin/v1/tenants/${slug}`, settings);
  return (await adminCall<{ key: string }>(url, "POST", `/admin/v1/tenants/${slug}/keys`, { name: "test" })).key;
}

/** Resolves when of all journals in the data folder only the living process's is left: what the dead ones held is in the ledger. */
export async function journalsAdopted(dataDir: string, withinMs = 15_000): Promise<void> {
  for (const until = performance.now() + withinMs; ;) {
    const journals = (await readdir(join(dataDir, "journal"))).filter((name) => name.startsWith("proc_"));
    if (journals.length <= 1) return;
    if (performance.now() > until) throw new Error(`journals of dead processes are still there: ${journals.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
