import { Fault } from "../kernel/fault.ts";

/** Runs a call that ends when its caller leaves (`left`), or when a server that must go aborts those in `live`. */
export async function underWay<Result>(
  live: Set<AbortController>,
  left: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (left?.aborted === true) throw new Fault("client_gone");
  const abort = new AbortController();
  const leave = (): void => abort.abort();
  left?.addEventListener("abort", leave, { once: true });
  live.add(abort);
  try {
    return await run(abort.signal);
  } finally {
    left?.removeEventListener("abort", leave);
    live.delete(abort);
  }
}
