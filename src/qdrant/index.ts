export { createQdrant } from "./qdrant.ts";
export type { Qdrant, QdrantOptions, QdrantKey, QdrantPoint, QdrantSearch, QdrantHit } from "./qdrant.ts";
