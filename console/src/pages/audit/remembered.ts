import type { Remembered } from "./verify-chain.ts";

const nameOf = (tenant: string, chain: string): string => `weir.audit.${chain}.${tenant}`;

/** What this browser noted when it last found a chain whole. Storage that is off or full costs the comparison, nothing else. */
export function recall(tenant: string, chain: string): Remembered | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(nameOf(tenant, chain)) ?? "null");
    return isRemembered(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function remember(tenant: string, chain: string, seen: Remembered): void {
  try {
    localStorage.setItem(nameOf(tenant, chain), JSON.stringify(seen));
  } catch {
    // As above.
  }
}

const isRemembered = (value: unknown): value is Remembered =>
  typeof value === "object" &&
  value !== null &&
  "seq" in value &&
  typeof value.seq === "number" &&
  "hash" in value &&
  typeof value.hash === "string" &&
  "at" in value;
