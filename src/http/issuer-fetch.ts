import type { Fetch } from "../kernel/outbound.ts";

/** An issuer's keys are some kilobytes. */
const BYTES_MAX = 512 * 1024;
/** Callers wait for it. */
const WAIT_MS = 5_000;

/**
 * JSON documents of the configured issuers, for `createTokenVerifier`. No redirects: an answer from elsewhere is not the issuer's. Rejects
 * where one cannot be had; the reason names no content.
 */
export const createIssuerFetch =
  (fetch: Fetch) =>
  async (url: string): Promise<unknown> => {
    const response = await fetch(url, {
      redirect: "error",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(WAIT_MS),
    });
    return await readDocument(response);
  };

async function readDocument(response: Response): Promise<unknown> {
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

/**
 * Sends a form to an issuer's token endpoint, for `createLoginFlow`. What the issuer says of a refusal is not passed on: it may hold what
 * was sent.
 */
export const createFormPost =
  (fetch: Fetch) =>
  async (url: string, form: URLSearchParams, authorization: string | undefined): Promise<unknown> => {
    const response = await fetch(url, {
      method: "POST",
      redirect: "error",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: form.toString(),
      signal: AbortSignal.timeout(WAIT_MS),
    });
    return await readDocument(response);
  };
