import { createHash } from "node:crypto";
import { PHRASES } from "./phrases.ts";
import { SIGNALS } from "./signals.ts";

/** Changes with every phrase and every signal: weights fitted to others would weigh what is no longer read. Kept in the file's provenance. */
export const digestSignals = (): string =>
  createHash("sha256")
    .update(JSON.stringify([PHRASES, SIGNALS]))
    .digest("hex")
    .slice(0, 16);
