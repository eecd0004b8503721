const encoder = new TextEncoder();

/** Of a UTF-8 text, 64 lower-case hex digits, computed by the browser. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  let hex = "";
  for (const byte of new Uint8Array(digest)) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/** As the audit trail's format has it: what an entry's hash is made of. */
export const entryHash = (
  prevHash: string,
  entry: { readonly seq: number; readonly eventHash: string; readonly suspect: boolean },
): Promise<string> => sha256(`${prevHash}\n${entry.seq}\n${entry.eventHash}${entry.suspect ? "\nsuspect" : ""}`);

/** What stands before the first entry of a chain of which nothing was deleted. */
export const firstHash = (tenantId: string, chain: "calls" | "decisions"): Promise<string> =>
  sha256(`weir-audit\n${chain === "calls" ? tenantId : `decisions/${tenantId}`}`);

/** Digests need a page that came by https or from this machine. */
export const canVerify = (): boolean => typeof crypto === "object" && "subtle" in crypto;

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

export type Signatures = {
  /** First 16 hex digits of the SHA-256 of the key's PEM, computed here. */
  readonly keyId: string;
  isSigned(text: string, signature: string): Promise<boolean>;
};

/** undefined where this browser does not know Ed25519. */
export async function openKey(pem: string): Promise<Signatures | undefined> {
  const keyId = (await sha256(pem)).slice(0, 16);
  try {
    const der = fromBase64(pem.replaceAll(/-----[^-]+-----|\s/g, ""));
    const key = await crypto.subtle.importKey("spki", der, { name: "Ed25519" }, false, ["verify"]);
    return {
      keyId,
      isSigned: (text, signature) =>
        crypto.subtle.verify({ name: "Ed25519" }, key, fromBase64(signature), encoder.encode(text)).catch(() => false),
    };
  } catch {
    return undefined;
  }
}
