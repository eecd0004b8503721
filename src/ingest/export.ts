import { setImmediate as turn } from "node:timers/promises";
import { sha256Hex } from "../kernel/hash.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";
import { listDocumentNumbers, readExported, type ExportedChunk } from "../store/chunk-export.ts";
import type { DocumentKey } from "../store/documents.ts";
import type { Database } from "../store/index.ts";

/** Rows of one group: 2 ms of work, after which others have their turn. */
const ROWS_A_GROUP = 128;
const DOCUMENTS_A_STEP = 200;

export type ExportDeps = { readonly db: Database; readonly objects: ObjectStore };
export type ExportAsk = { readonly tenantId: TenantId; readonly key: DocumentKey; readonly filename: string; readonly title: string };

/** `rag/{tenant}/chunks/{uuid}.parquet`: the same for the same document always, so that writing and deleting it may be repeated. */
export function exportKeyOf({ collectionId, firstChunk }: DocumentKey): string {
  const hex = sha256Hex(`${collectionId}/${firstChunk}`);
  // A UUID of version 8, whose bits are its maker's (RFC 9562).
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
  return `rag/chunks/${uuid}.parquet`;
}

/**
 * Writes the chunks of a document that can be found as a Parquet file beside the index: for whoever trains, measures or moves with them. It is encrypted
 * as every object is. Its document is completed only once it is there.
 */
export async function exportChunks({ db, objects }: ExportDeps, { tenantId, key, filename, title }: ExportAsk): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: "root", num_children: COLUMNS.length }, ...COLUMNS.map(({ name, type }) => elementOf(name, type))],
    createdBy: "weir",
    kvMetadata: [
      { key: "weir.collection", value: key.collectionId },
      { key: "weir.filename", value: filename },
      { key: "weir.title", value: title },
    ],
  });
  for (let after = key.firstChunk - 1; ;) {
    const rows = await readExported(db, tenantId, key, { after, limit: ROWS_A_GROUP });
    if (rows.length > 0)
      await file.write({ columnData: COLUMNS.map(({ name, of }) => ({ name, data: rows.map(of) })), rowGroupSize: ROWS_A_GROUP });
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_A_GROUP) break;
    after = last.no;
    await turn();
  }
  await file.finish();
  await objects.putObject(tenantId, exportKeyOf(key), writer.getBytes());
}

type Column = { readonly name: string; readonly type: "INT32" | "TEXT"; readonly of: (row: ExportedChunk) => number | string | undefined };
const COLUMNS: readonly Column[] = [
  { name: "no", type: "INT32", of: (row) => row.no },
  { name: "starts", type: "INT32", of: (row) => row.starts },
  { name: "ends", type: "INT32", of: (row) => row.ends },
  // An array of texts, as JSON.
  { name: "headings", type: "TEXT", of: (row) => JSON.stringify(row.headings) },
  { name: "context", type: "TEXT", of: (row) => row.context ?? undefined },
  { name: "body", type: "TEXT", of: (row) => row.body },
];
const elementOf = (name: string, type: Column["type"]) =>
  type === "INT32"
    ? ({ name, type: "INT32", repetition_type: "REQUIRED" } as const)
    : ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: name === "context" ? "OPTIONAL" : "REQUIRED" } as const);

/** Deleting what is not there is no error: documents of before this was written have none. */
export const dropExport = (objects: ObjectStore, tenantId: TenantId, key: DocumentKey): Promise<void> =>
  objects.deleteObject(tenantId, exportKeyOf(key));

/** Of every document of a collection, before its rows go. */
export async function dropExports(
  { db, objects }: ExportDeps,
  tenantId: TenantId,
  collectionId: CollectionId,
  signal: AbortSignal,
): Promise<void> {
  for (let after = 0; !signal.aborted;) {
    const numbers = await listDocumentNumbers(db, tenantId, collectionId, { after, limit: DOCUMENTS_A_STEP });
    for (const firstChunk of numbers) await dropExport(objects, tenantId, { collectionId, firstChunk });
    after = numbers.at(-1) ?? after;
    if (numbers.length < DOCUMENTS_A_STEP) return;
  }
}
