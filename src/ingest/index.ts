export { createIngest } from "./ingest.ts";
export type { Ingest, IngestDeps } from "./ingest.ts";
export { AT_ONCE_BYTES_MAX } from "./collection-files.ts";
export { parseWireFileId, toWireFileId } from "./wire-id.ts";
export type { NewFile } from "./files.ts";
export type { NewCollectionAsk } from "./collections.ts";
