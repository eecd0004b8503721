/** An issuer's keys are some kilobytes. */
const BYTES_MAX = 512 * 1024;
/** Callers wait for it. */
const WAIT_MS = 5_000;

/**
 * A JSON document of a configured issuer, for `createTokenVerifier`. No redirects: an answer from elsewhere is not the issuer's. Rejects
 * where it cannot be had; the reason names no content.
 */
export async function fetchIssuerDocument(url: string): Promise<unknown> {
  const response = await fetch(url, {
    redirect: "error",
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(WAIT_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the issuer answered with status ${String(response.status)}`);
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > BYTES_MAX) throw new Error("the issuer's answer is too large");
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString("utf8"));
}
