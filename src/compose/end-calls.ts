import type { After, Room } from "../admit/index.ts";
import type { Shadows } from "../chat/index.ts";
import { Fault } from "../kernel/fault.ts";

type Ending = {
  readonly room: Pick<Room, "drain" | "whenEmpty">;
  readonly shadows: Pick<Shadows, "close">;
  readonly live: Set<AbortController>;
};

/** Calls under way get this long to end by themselves. */
const DRAIN_MS = 30_000;

/** Takes no new calls, breaks copies off, and waits for the calls under way. A copy that is slow to end holds no call's time up. */
export async function endCalls({ room, shadows, live }: Ending, after: After): Promise<void> {
  room.drain();
  const off = after(DRAIN_MS, () => live.forEach((call) => call.abort(new Fault("draining"))));
  await Promise.all([shadows.close(), room.whenEmpty()]);
  off();
}
