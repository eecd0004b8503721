import { parquetReadObjects } from "hyparquet";

export type ParquetRow = { readonly no: number; readonly headings: string; readonly body: string; readonly context?: string };

/** What another library reads of a Parquet file. */
export async function readRows(bytes: Uint8Array): Promise<ParquetRow[]> {
  const file = bytes.slice().buffer;
  return (await parquetReadObjects({ file })) as unknown as ParquetRow[];
}
