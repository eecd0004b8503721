import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { TenantId } from "../kernel/ids.ts";
import { countLinesWith } from "./count-lines.ts";
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
  const count = async (tenantId: TenantId): Promise<number> => {
    let lines = 0;
    for (const path of await listFiles(own)) lines += await countLinesWith(path, tenantId);
    return lines;
  };
  return {
    callsOf: journal.callsOf,
    async eraseFromJournals(tenantId) {
      await adopt();
      const before = await count(tenantId);
      await journal.flushRefusals();
      const page = await journal.turnPage();
      await shipper.flush();
      journal.dropBefore(page);
      for (const path of await listFiles(SET_ASIDE.map((name) => join(dir, name))))
        if ((await countLinesWith(path, tenantId)) > 0) rewriteWithout(path, tenantId);
      return { before, after: await count(tenantId) };
    },
  };
}

async function listFiles(folders: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of folders)
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []))
      if (entry.isFile() && entry.name.endsWith(".log")) files.push(join(entry.parentPath, entry.name));
  return files;
}

/** At once, so that nothing of this process is written to it meanwhile. What is set aside is little. */
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
