import type { Clock } from "../../kernel/clock.ts";
import { createKey, createTenant } from "./account.ts";
import { createTarget, type Fetch, type Target } from "./target.ts";
import { tenantName, undoInside, type Undo } from "./undo.ts";

/** Who attacks, and with what. */
export type Attacker = {
  readonly target: Target;
  /** The same server, not stopped with the run: for taking away what was made. */
  readonly afterwards: Target;
  /** For what the attacker's key makes. */
  readonly ownUndo: Undo;
  /** All that it has had, so that none gets into a report. */
  readonly keys: () => readonly string[];
  readonly notes: () => readonly string[];
};

export type AttackerDeps = {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly undo: Undo;
};

export type AttackerOptions = {
  readonly url: string;
  readonly key: string | undefined;
  readonly adminKey: string | undefined;
  readonly timeoutMs: number;
  readonly runId: string;
};

/** The key given, or one of a tenant made for the run, which is changed for a new one when the server suspends it. */
export async function createAttacker(deps: AttackerDeps, options: AttackerOptions): Promise<Attacker> {
  const { url, adminKey, timeoutMs, runId } = options;
  const { fetch, clock, wait, signal, undo } = deps;
  const keys: string[] = options.key === undefined ? [] : [options.key];
  const key = (): string => keys.at(-1) ?? "";
  const stopping = { fetch, clock, wait, signal };
  const lasting = { fetch, clock, wait: async () => undefined, signal: undefined };
  const at = { url, key, timeoutMs };
  const plain = { target: createTarget(stopping, at), afterwards: createTarget(lasting, at) };
  if (options.key !== undefined || adminKey === undefined) return { ...plain, ownUndo: undo, keys: () => keys, notes: () => [] };
  const slug = `weir-redteam-${runId}`;
  await createTenant({ ...plain, adminKey, undo }, slug);
  keys.push(await createKey({ ...plain, adminKey, undo }, slug, "member"));
  const renewKey = async (): Promise<string> => {
    keys.push(await createKey({ ...plain, target: plain.afterwards, adminKey, undo }, slug, "member"));
    return key();
  };
  return {
    target: createTarget(stopping, { ...at, renewKey }),
    afterwards: createTarget(lasting, { ...at, renewKey }),
    ownUndo: undoInside(undo, tenantName(slug)),
    keys: () => keys,
    notes: () => (keys.length > 1 ? ["the server suspended a key that attacked; the run went on with new ones"] : []),
  };
}
