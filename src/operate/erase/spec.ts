import type { Clock } from "../../kernel/clock.ts";
import type { CollectionId, FileId, ProcessId, TenantId } from "../../kernel/ids.ts";
import type { ObjectStore, DataKeys } from "../../object/index.ts";
import type { Qdrant } from "../../qdrant/index.ts";
import type { ContentFiles, DecisionLog, RecordParts } from "../../record/index.ts";
import type { Engine } from "../../store/index.ts";

/** A place where something of a tenant or of an end user lies. */
export type ErasureStore = {
  /** As the certificate names it: `table files`, `objects`, `chat logs`. */
  readonly name: string;
  /** Tables of the database that it deletes rows from: what is left of them in pages is to be overwritten. */
  readonly tables?: readonly string[] | undefined;
  /** What is to go. */
  count(): Promise<number>;
  /** May be broken off anywhere and done again. */
  erase(): Promise<void>;
  /** Goes before processes are asked to let go, so that nothing new is made of it. */
  readonly first?: true | undefined;
  /** What remains by design, and what that is. */
  readonly remains?: { readonly what: string; count(): Promise<number> } | undefined;
};

/** Word that something is gone and must not be kept in memory either. */
export type Gone = { readonly kind: "tenant" | "subject"; readonly tenantId: TenantId; readonly id: string };

/** What an erasure does its work with: each part as narrow as it is needed. */
export type ErasureDeps = {
  readonly db: Engine;
  readonly clock: Clock;
  readonly log: ErasureLog;
  /** `WEIR_SECRET`. */
  readonly secret: Uint8Array;
  readonly processId: ProcessId;
  readonly wait: (ms: number) => Promise<void>;
  readonly objects: Pick<ObjectStore, "listObjects" | "deleteObject">;
  readonly dataKeys: Pick<DataKeys, "count" | "drop" | "forget">;
  readonly content: { readonly files: ContentFiles; flush(): Promise<void> };
  readonly record: Pick<RecordParts, "callsOf" | "eraseFromJournals" | "cutCalls" | "verifyAudit">;
  readonly decisions: Pick<DecisionLog, "change" | "note" | "cutDecisions" | "verifyDecisions" | "digestText" | "flush">;
  readonly knowledge: {
    /** With what was made of it. */
    deleteFile(tenantId: TenantId, id: FileId): Promise<void>;
    deleteCollection(tenantId: TenantId, id: CollectionId): Promise<void>;
    /** What was deleted is cleaned out of the index when it resolves. */
    cleaned(): Promise<void>;
  };
  /** Where one is configured. */
  readonly qdrant?: Pick<Qdrant, "countTenant" | "dropTenant"> | undefined;
  /** Caches of this process let go of it. */
  forget(gone: Gone): void;
};

export type ErasureLog = {
  info(message: string, fields?: Readonly<Record<string, string | number>>): void;
  warn(message: string, fields?: Readonly<Record<string, string | number>>): void;
  error(message: string, fields?: Readonly<Record<string, string | number>>): void;
};
