import type { QdrantClient } from "@qdrant/js-client-rest";

export type Client = QdrantClient;

/** The official client, loaded where Qdrant is used at all. It connects to nothing by itself. */
export async function connect(url: string, apiKey: string | undefined, timeoutMs: number): Promise<Client> {
  const { QdrantClient } = await import("@qdrant/js-client-rest");
  return new QdrantClient({ url, ...(apiKey === undefined ? {} : { apiKey }), timeout: timeoutMs, checkCompatibility: false });
}
