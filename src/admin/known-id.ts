import { Fault } from "../kernel/fault.ts";

/** An id out of a path. What has not even an id's shape is answered as what never was: throws `not_found`. */
export function parseKnownId<T extends string>(ids: { is(raw: string): raw is T }, raw: string, noun: string): T {
  if (ids.is(raw)) return raw;
  throw new Fault("not_found", { say: `The ${noun} does not exist.` });
}
