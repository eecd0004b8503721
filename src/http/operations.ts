import { backupQuery } from "../contract/admin.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

export type OperationsDeps = {
  /** Writes a backup piece by piece; each waits until the caller has taken it. */
  backup(write: (bytes: Uint8Array) => Promise<void>, wish: { readonly objects: boolean }): Promise<unknown>;
  reload(): Promise<unknown>;
};

/** What the platform's operator asks of the running server. */
export function operations(deps: OperationsDeps): Endpoint[] {
  return [
    platformEndpoint("POST", "/admin/v1/backup", "backup", async ({ query }) => {
      const objects = readQuery(query, backupQuery).objects === "true";
      const body = await startBody((write) => deps.backup(write, { objects }));
      return new Response(body, { headers: { "content-type": "application/octet-stream", "cache-control": "no-store" } });
    }),
    platformEndpoint("POST", "/admin/v1/config/reload", "operate", async () => Response.json(await deps.reload())),
  ];
}

/** Resolves with the first piece, so that what goes wrong before it is an answer of its own. Later the body breaks off. */
async function startBody(produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<unknown>): Promise<ReadableStream<Uint8Array>> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const begun = Promise.withResolvers<void>();
  const write = async (bytes: Uint8Array): Promise<void> => {
    begun.resolve();
    await writer.ready;
    await writer.write(bytes);
  };
  const ended = produce(write).then(
    () => writer.close(),
    async (error: unknown) => {
      begun.reject(error);
      await writer.abort(error);
    },
  );
  // Who reads the body is told; whoever does not is gone.
  ended.catch(() => undefined);
  await begun.promise;
  return readable;
}
