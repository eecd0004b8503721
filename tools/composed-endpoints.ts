import { composeEndpoints } from "../src/compose/endpoints.ts";
import type { Endpoint } from "../src/http/index.ts";

/** Stands for any part: whatever is read of it or called on it is itself. */
const nothing: unknown = new Proxy(() => nothing, {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => 0 : nothing),
  apply: () => nothing,
});

/** Every endpoint as the server itself composes them, with nothing behind: for those who only read method, path and who may call. */
export function composedEndpoints(): readonly Endpoint[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no endpoint calls a part before it is asked
  return composeEndpoints(nothing as Parameters<typeof composeEndpoints>[0]);
}
