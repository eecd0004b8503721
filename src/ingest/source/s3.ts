import { Fault } from "../../kernel/fault.ts";
import { createS3Reader, type S3Deps, type S3Options } from "../../object/index.ts";
import { DocumentProblem, SourceProblem, type Connector, type SourceEntry } from "./connector.ts";

/** A bucket of S3, or of a server that speaks its protocol: every object under the prefix. Documents are known by their ETags. */
export function createS3Connector(deps: S3Deps, options: S3Options): Connector {
  const reader = createS3Reader(deps, options);

  async function* entries(signal: AbortSignal): AsyncGenerator<SourceEntry> {
    try {
      for await (const { key, etag, bytes } of reader.list()) {
        signal.throwIfAborted();
        // What ends in a slash is how some programs draw a folder.
        if (key === "" || key.endsWith("/")) continue;
        if (leadsElsewhere(key)) yield { kind: "refused", key, why: "Its name has a part that addresses read as a way up." };
        else yield { kind: "item", key, etag, bytes };
      }
    } catch (error) {
      throw toProblem(error);
    }
  }

  return {
    list: (_since, signal) => Promise.resolve({ kind: "all", entries: entries(signal), cursor: undefined }),
    async read({ key }, bytesMax) {
      const bytes = await reader.get(key).catch((error: unknown) => {
        throw toProblem(error);
      });
      if (bytes !== undefined && bytes.length > bytesMax) throw new DocumentProblem(`It is longer than ${bytesMax} bytes.`);
      return bytes;
    },
  };
}

/** An address loses such parts on its way, and would name what stands beside the prefix, or another bucket. */
const leadsElsewhere = (key: string): boolean => key.split("/").some((part) => part === "." || part === "..");

/** The store's words speak of its settings under `objects`: here they are the source's own. */
const toProblem = (error: unknown): unknown =>
  error instanceof Fault ? new SourceProblem(error.message.replaceAll("objects.", "the source's ")) : error;
