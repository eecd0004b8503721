import type { CollectionId, FileId, TenantId } from "../../kernel/ids.ts";
import type { SourceCounts } from "../../store/sources.ts";
import type { Connector } from "./connector.ts";
import type { SourceSpec } from "./spec.ts";

/** One look at a place. */
export type Run = {
  readonly tenantId: TenantId;
  readonly spec: SourceSpec;
  readonly connector: Connector;
  readonly collectionId: CollectionId;
  /** Of this run: what bears it has been seen. */
  readonly run: number;
  readonly counts: { -readonly [Name in keyof SourceCounts]: number };
  /** Versions that another has taken the place of. */
  readonly replaced: FileId[];
  readonly signal: AbortSignal;
};
