import { hmacKey } from "../../kernel/hash.ts";
import { openPacked, sealPacked } from "../../kernel/gcm.ts";
import type { TenantId } from "../../kernel/ids.ts";
import { createWriteBehind } from "../../kernel/write-behind.ts";

type Row = { readonly conversation: string; readonly name: string; readonly sealed: Uint8Array };

/** Pseudonyms that outlive their call, where a tenant wants that: sealed, of one conversation of one tenant, until their date. */
export type PseudonymBook = {
  /** Written within a second, together with others'. `entries` of one call; those that the conversation has already are nothing new. */
  remember(tenantId: TenantId, conversation: string, entries: Iterable<readonly [name: string, original: string]>): void;
  /** What of these names the conversation has kept. Where that cannot be had, less: a name then stays a name, and the call goes on. */
  recall(tenantId: TenantId, conversation: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  start(): void;
  /** Writes what is held, and stops. */
  close(): Promise<void>;
};

export type PseudonymBookDeps = {
  keep(tenantId: TenantId, rows: readonly Row[]): Promise<void>;
  find(tenantId: TenantId, conversation: string, names: readonly string[]): Promise<readonly Omit<Row, "conversation">[]>;
  /** 32 bytes; each tenant's key is made from it. */
  readonly key: Uint8Array;
  onLost(error: unknown, count: number): void;
};

/** Under another tenant, conversation or name it does not open. */
const placeOf = (conversation: string, name: string): Uint8Array => Buffer.from(`${conversation}\n${name}`);

/** Of one call: who names more writes no conversation. */
const NAMES_MAX = 1000;
/** What a database that is away lets pile up in memory: some megabytes. More is lost, and told. */
const HELD_MAX = 20_000;

export function createPseudonymBook({ keep, find, key, onLost }: PseudonymBookDeps): PseudonymBook {
  const { add, waiting, isWaiting, start, close } = createWriteBehind<Row>({ write: keep, onLost, waitingMax: HELD_MAX });
  const keyOf = (tenantId: TenantId): Uint8Array => hmacKey(key, tenantId);
  return {
    remember(tenantId, conversation, entries) {
      let lost = 0;
      for (const [name, original] of entries) {
        if (isWaiting(tenantId, `${conversation} ${name}`)) continue;
        const sealed = sealPacked(keyOf(tenantId), placeOf(conversation, name), Buffer.from(original));
        const row = { conversation, name, sealed };
        if (!add(tenantId, `${conversation} ${name}`, row)) lost++;
      }
      if (lost > 0) onLost(new Error("the database is slower than the calls"), lost);
    },
    async recall(tenantId, conversation, names) {
      const originals = new Map<string, string>();
      const asked = new Set(names.slice(0, NAMES_MAX));
      // Before the database is asked: what is written meanwhile would be in neither.
      const held = [...waiting(tenantId)].filter((row) => row.conversation === conversation && asked.has(row.name));
      try {
        for (const { name, sealed } of [...(await find(tenantId, conversation, [...asked])), ...held])
          originals.set(name, Buffer.from(openPacked(keyOf(tenantId), placeOf(conversation, name), sealed)).toString());
      } catch (error) {
        onLost(error, 1);
      }
      return originals;
    },
    start,
    close,
  };
}
