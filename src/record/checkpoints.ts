import { appendFileSync, mkdirSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, toIso } from "../kernel/clock.ts";
import type { ProcessId } from "../kernel/ids.ts";
import type { AuditHead } from "../store/events.ts";
import type { Signer } from "./signer.ts";

/** Where a tenant's chain ended at some time, told outside the database: whoever rewrites the database cannot rewrite this. */
export type Checkpoint = {
  readonly tenantId: string;
  readonly seq: number;
  /** The entry's hash. */
  readonly hash: string;
  /** ISO 8601. */
  readonly at: string;
  readonly keyId: string;
  readonly signature: string;
};

/**
 * Signed ends of chains, one JSON line each, in `<dir>/<day>.<process>.jsonl`. The folder is made to be copied away: the files only
 * grow, and files of past days are thinned to the last line of each tenant.
 */
export type Checkpoints = {
  /** The chain has grown to here. */
  changed(heads: readonly AuditHead[]): void;
  /** Writes the changed ones. To be called at least once a minute. */
  write(): Promise<void>;
  /** Every checkpoint of the tenant that can be read. */
  read(tenantId: string): Promise<readonly Checkpoint[]>;
  isGenuine(checkpoint: Checkpoint): boolean;
  /** Of this server's key: SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  readonly keyId: string;
  /** Keeps of each past day the last line of each tenant. */
  thin(): Promise<void>;
};

type Deps = { readonly clock: Clock; readonly signer: Signer };
type Options = { readonly dir: string; readonly processId: ProcessId };

/** Signing takes some 30 µs: between slices of this many, others may run. */
const SLICE = 50;
const SUFFIX = ".jsonl";

/** What is signed. */
const textOf = ({ tenantId, seq, hash, at }: Omit<Checkpoint, "keyId" | "signature">): string =>
  `${tenantId}\n${String(seq)}\n${hash}\n${at}`;

export function createCheckpoints({ clock, signer }: Deps, { dir, processId }: Options): Checkpoints {
  const changed = new Map<string, AuditHead>();
  const toLine = ({ tenantId, seq, chainHash }: AuditHead, at: string): string => {
    const what = { tenantId, seq, hash: chainHash, at };
    return `${JSON.stringify({ ...what, keyId: signer.keyId, signature: signer.sign(textOf(what)) } satisfies Checkpoint)}\n`;
  };

  return {
    publicKey: signer.publicKey,
    keyId: signer.keyId,
    changed(heads) {
      for (const head of heads) changed.set(head.tenantId, head);
    },
    async write() {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const heads = [...changed.values()];
      changed.clear();
      for (let at = 0; at < heads.length; at += SLICE) {
        const slice = heads.slice(at, at + SLICE);
        const time = toIso(clock.nowMs());
        try {
          const path = join(dir, `${time.slice(0, 10)}.${processId}${SUFFIX}`);
          appendFileSync(path, slice.map((head) => toLine(head, time)).join(""), { mode: 0o600 });
        } catch (error) {
          // A later end of the same chain says more.
          for (const head of heads.slice(at)) if (!changed.has(head.tenantId)) changed.set(head.tenantId, head);
          throw error;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async read(tenantId) {
      const found: Checkpoint[] = [];
      for (const name of await listNames(dir)) found.push(...parseLines(await readFile(join(dir, name), "utf8"), tenantId));
      return found;
    },
    isGenuine: (checkpoint) => checkpoint.keyId === signer.keyId && signer.isSigned(textOf(checkpoint), checkpoint.signature),
    async thin() {
      // A process may still write yesterday's file around midnight.
      const before = toIso(clock.nowMs() - 2 * 86_400_000).slice(0, 10);
      for (const name of await listNames(dir)) if (name.slice(0, 10) <= before) await thinFile(join(dir, name));
    },
  };
}

async function listNames(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith(SUFFIX)).toSorted();
  } catch {
    return [];
  }
}

/** A last line that a dying process did not finish is no checkpoint, and no alarm. */
function parseLines(text: string, tenantId?: string): readonly Checkpoint[] {
  const mark = tenantId === undefined ? "" : `{"tenantId":${JSON.stringify(tenantId)},`;
  return text
    .split("\n")
    .filter((line) => line.startsWith(mark))
    .map(tryParseCheckpoint)
    .filter((checkpoint) => checkpoint !== undefined);
}

function tryParseCheckpoint(line: string): Checkpoint | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isCheckpoint(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== "object" || value === null) return false;
  return "tenantId" in value && "seq" in value && "hash" in value && "at" in value && "keyId" in value && "signature" in value;
}

async function thinFile(path: string): Promise<void> {
  const all = parseLines(await readFile(path, "utf8"));
  const last = new Map(all.map((checkpoint) => [checkpoint.tenantId, checkpoint]));
  if (last.size === all.length) return;
  await writeFile(`${path}.draft`, [...last.values()].map((checkpoint) => `${JSON.stringify(checkpoint)}\n`).join(""), { mode: 0o600 });
  await rename(`${path}.draft`, path);
}
