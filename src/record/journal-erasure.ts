import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TenantId } from "../kernel/ids.ts";
import type { Journal } from "./journal.ts";
import type { Shipper } from "./shipper.ts";

/** Lines of journals that name a tenant. */
export type JournalLines = { readonly before: number; readonly after: number };

export type JournalErasure = {
  /** Calls of the tenant that are under way in this process. */
  callsOf(tenantId: TenantId): number;
  /**
   * Ships what waits, goes on in a new file, and removes the files before it; what could not be shipped is rewritten without the tenant's
   * lines. Other processes' journals are theirs to clean; those of dead ones are shipped first. Lines of calls under way stay until
   * they end.
   */
  eraseFromJournals(tenantId: TenantId): Promise<JournalLines>;
};

type Deps = {
  readonly journal: Journal;
  readonly shipper: Shipper;
  /** Ships the journals of dead processes and removes them. */
  adopt(): Promise<unknown>;
  readonly dir: string;
};

/** Where events lie that the ledger did not take, and journals that somebody changed. */
const SET_ASIDE = ["quarantine", "damaged"];

export function createJournalErasure({ journal, shipper, adopt, dir }: Deps): JournalErasure {
  const own = [journal.processId, ...SET_ASIDE].map((name) => join(dir, name));
  const count = (tenantId: TenantId): number =>
    own.flatMap(listFiles).reduce((sum, path) => sum + linesWith(readFileSync(path), tenantId), 0);
  return {
    callsOf: journal.callsOf,
    async eraseFromJournals(tenantId) {
      await adopt();
      const before = count(tenantId);
      await journal.flushRefusals();
      const page = await journal.turnPage();
      await shipper.flush();
      journal.dropBefore(page);
      for (const path of SET_ASIDE.map((name) => join(dir, name)).flatMap(listFiles)) rewriteWithout(path, tenantId);
      return { before, after: count(tenantId) };
    },
  };
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".log"))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

const NEWLINE = 10;

function linesWith(bytes: Buffer, text: string): number {
  let lines = 0;
  for (let at = bytes.indexOf(text); at >= 0;) {
    lines++;
    const end = bytes.indexOf(NEWLINE, at);
    at = end < 0 ? -1 : bytes.indexOf(text, end);
  }
  return lines;
}

/** At once, so that nothing of this process is written to it meanwhile. */
function rewriteWithout(path: string, text: string): void {
  const bytes = readFileSync(path);
  if (!bytes.includes(text)) return;
  const kept = bytes
    .toString("latin1")
    .split("\n")
    .filter((line) => !line.includes(text))
    .join("\n");
  writeFileSync(`${path}.draft`, Buffer.from(kept, "latin1"), { mode: 0o600 });
  renameSync(`${path}.draft`, path);
}
