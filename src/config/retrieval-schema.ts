import { z } from "zod";
import { whole } from "./number-schema.ts";

const model = (description: string) => z.string().min(1).max(128).optional().meta({ description });

/** How documents are found. */
export const retrievalSchema = z
  .strictObject({
    embedding: model(
      "A model of kind `embedding`: documents of collections that name none themselves are found by meaning as well as by words. Without it by words alone. A collection keeps the model that it began with until it is embedded anew (`weir embedding start`).",
    ),
    contextModel: model(
      "A model, or a route, that writes a line about each chunk of collections with `weir.context: model`, which is searched with the chunk. One call a chunk, once. Without it those have the line that the document itself gives.",
    ),
    rewriteModel: model(
      "A model, or a route, that puts follow-up questions of chats over documents into words that stand alone. Asked only where a question leans on what was said before; what it costs is the caller's. A model that is not private reads the user's questions and not the answers. Without it, or where it fails, what was said before is searched with the question.",
    ),
    rewriteTimeoutMs: whole({
      min: 100,
      max: 60_000,
      unit: "milliseconds",
      why: "less than 100 ms no model answers in, and nobody waits a minute before a search begins",
      description: "How long a search waits for that model.",
    }).default(2000),
    rerank: model(
      "A model of kind `rerank`, or a route of such: searches on the quality path (`rag.mode: quality`) have it put the best of 20 passages in order. Without it there is no such path.",
    ),
    rerankTimeoutMs: whole({
      min: 100,
      max: 60_000,
      unit: "milliseconds",
      why: "less than 100 ms no model reads 20 passages in, and nobody waits a minute before an answer begins",
      description: "How long a search waits for that model. After it the passages stand in the search's own order, and the answer says so.",
    }).default(5000),
  })
  .prefault({})
  .meta({ description: "How documents are found: docs/retrieval.md." });
