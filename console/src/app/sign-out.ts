import { del } from "../api/client.ts";

export type Slot = "platform" | "tenant";

/** Ends the session, or one of its two halves; where the issuer offers it, the browser then signs out there too. */
export async function signOut(slot?: Slot): Promise<"here" | "leaving"> {
  const { logout } = await del<{ readonly logout: string | null }>("/console/session", { slot });
  if (logout === null || slot !== undefined) return "here";
  globalThis.location.assign(logout);
  return "leaving";
}
