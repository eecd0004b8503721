import { z } from "zod";
import type { HeldCredential } from "../../admit/index.ts";

/** Which of a session's two credentials: one of somebody who runs the platform, one of somebody in a tenant. */
export const SLOTS = ["platform", "tenant"] as const;
export type Slot = (typeof SLOTS)[number];

/** Who is signed in at one browser. It is kept by the browser, sealed; the server remembers only which were ended. */
export type Session = {
  readonly id: string;
  readonly madeAtMs: number;
  /** When it was last sealed: it goes idle from here. */
  readonly sealedAtMs: number;
  readonly platform?: HeldCredential | undefined;
  readonly tenant?: HeldCredential | undefined;
};

/** Without use for so long a session ends. */
export const IDLE_MS = 60 * 60_000;
/** A cookie that is younger is not made anew with each answer. */
export const RENEW_MS = 5 * 60_000;

const held = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("key"), digest: z.string() }),
  z.object({ kind: z.literal("token"), issuer: z.string(), names: z.string(), claims: z.record(z.string(), z.unknown()) }),
]);
const schema = z.object({
  id: z.string(),
  madeAtMs: z.number(),
  sealedAtMs: z.number(),
  platform: held.optional(),
  tenant: held.optional(),
});

/** What was sealed by this version or an earlier one; another form is none. */
export const readSession = (value: unknown): Session | undefined => schema.safeParse(value).data;

/** When it ends, unless it is used: the earlier of its whole life and its idle time. */
export const endsAtMs = (session: Session, hours: number): number => Math.min(lifeEndsAtMs(session, hours), session.sealedAtMs + IDLE_MS);
export const lifeEndsAtMs = ({ madeAtMs }: Pick<Session, "madeAtMs">, hours: number): number => madeAtMs + hours * 3_600_000;
