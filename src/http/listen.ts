import { Fault } from "../kernel/fault.ts";
import { requestIds } from "../kernel/ids.ts";
import { describeError } from "../telemetry/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { toFaultResponse } from "./fault-response.ts";
import { createHandler, type ServerDeps } from "./server.ts";

/** Streams are kept alive by their own comments; the runtime would cut a silent one after ten seconds. */
const IDLE_SECONDS = 0;

/** PEM texts. */
export type Tls = { readonly cert: string; readonly key: string };
export type RunningServer = {
  readonly url: string;
  readonly port: number;
  /** Where a request comes from: the address of its connection. */
  addressOf(request: Request): string | undefined;
  /** Requests that come from now on meet these endpoints; those under way keep theirs. */
  replaceEndpoints(endpoints: readonly Endpoint[]): void;
  /** Connections that are made from now on see this certificate. Only where there was one from the start. */
  replaceTls(tls: Tls): void;
  stop(): Promise<void>;
};

export function startServer(
  deps: ServerDeps,
  at: { readonly host: string; readonly port: number; readonly tls?: Tls | undefined },
): RunningServer {
  let handler = createHandler(deps);
  let { port } = at;
  const listen = (tls: Tls | undefined) => {
    const server = Bun.serve({
      hostname: at.host,
      port,
      idleTimeout: IDLE_SECONDS,
      // Otherwise the runtime follows NODE_ENV, and shows errors with their source.
      development: false,
      // The runtime's own refusal of a large body has no words. Endpoints read within their limits, and it keeps nothing that is not read.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: (request) => handler(request),
      error: (error) => {
        deps.log.error("request failed outside its handler", describeError(error));
        return toFaultResponse(new Fault("bug"), requestIds.make(deps.clock.nowMs()));
      },
      // A certificate is exchanged by a second socket on the same port, before the first one closes. Without one the port is not shared,
      // which has to be said: where `development` is false the runtime would let another process listen on it, too.
      reusePort: tls !== undefined,
      ...(tls === undefined ? {} : { tls: { cert: tls.cert, key: tls.key } }),
    });
    port = server.port ?? port;
    return server;
  };
  if (at.tls !== undefined) checkFree(at.host, port);
  let server = listen(at.tls);
  const stopped: Promise<void>[] = [];
  const host = at.host.includes(":") ? `[${at.host}]` : at.host;
  return {
    url: `${at.tls === undefined ? "http" : "https"}://${host}:${port}`,
    port,
    addressOf: (request) => server.requestIP(request)?.address,
    replaceEndpoints(endpoints) {
      handler = createHandler({ ...deps, endpoints });
    },
    replaceTls(tls) {
      const old = server;
      server = listen(tls);
      stopped.push(old.stop());
    },
    async stop() {
      await Promise.all([...stopped, server.stop()]);
    },
  };
}

/** A port that may be shared could be taken from another server without a word: one that may not be shared finds out first. */
function checkFree(hostname: string, port: number): void {
  if (port !== 0) void Bun.serve({ hostname, port, fetch: () => new Response() }).stop(true);
}
