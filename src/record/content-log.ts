import type { Message } from "../domain/chat.ts";
import type { ContentPolicy } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import type { RequestId, TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";

/** What one call said and was told. */
export type CallContent = {
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly atMs: number;
  readonly messages: readonly Message[];
  readonly answer: string;
  /** The answer was longer than what is kept of one. */
  readonly cut: boolean;
};

/** A month: long enough to look into a complaint. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Whether a policy keeps content as it is. The scrubbed ones keep nothing while there is no scrubber: what a tenant wants cleaned must
 * not be kept uncleaned.
 */
export const keepsContent = (policy: ContentPolicy): boolean => policy === "full";

/** Content at rest, as the tenant's policy allows: encrypted by the object store, one object a call, with the date until which it may stay. */
export function createContentLog(objects: Pick<ObjectStore, "putObject">): (content: CallContent) => Promise<void> {
  return async ({ requestId, tenantId, atMs, messages, answer, cut }) => {
    const at = toIso(atMs);
    const line = JSON.stringify({ requestId, at, keepUntil: toIso(atMs + KEPT_DAYS * DAY_MS), messages, answer, cut });
    await objects.putObject(tenantId, `chat-logs/${at.slice(0, 10)}/${requestId}.ndjson`, Buffer.from(`${line}\n`));
  };
}
