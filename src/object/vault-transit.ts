import { Fault } from "../kernel/fault.ts";
import type { Fetch } from "../kernel/outbound.ts";
import type { KeyWrapper } from "./key-wrapper.ts";

export type VaultOptions = {
  /** `https://vault.example:8200` */
  readonly address: string;
  /** Where the transit engine is mounted. */
  readonly mount: string;
  /** Name of the transit key. */
  readonly key: string;
  readonly token: string;
  readonly namespace: string | undefined;
};

/** A key service that is slower than this is away. Data keys are kept in memory, so it is asked seldom. */
const TIMEOUT_MS = 10_000;

/**
 * Wraps by the transit engine of HashiCorp Vault or OpenBao (`POST /v1/<mount>/encrypt/<key>`): the wrapping key never leaves it. The context goes
 * along as associated data, so the transit key is of a type that has such (aes256-gcm96, the default).
 */
export function createVaultWrapper({ fetch }: { readonly fetch: Fetch }, options: VaultOptions): KeyWrapper {
  const { address, mount, key, token, namespace } = options;
  const ask = async (operation: "encrypt" | "decrypt", body: Readonly<Record<string, string>>, field: string): Promise<string> => {
    const headers = {
      "content-type": "application/json",
      "x-vault-token": token,
      ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
    };
    const init = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) };
    let response: Response;
    try {
      response = await fetch(`${address}/v1/${mount}/${operation}/${encodeURIComponent(key)}`, init);
    } catch (error) {
      throw new Fault("store_unavailable", { say: "The key service (objects.kms) does not answer." }, { cause: error });
    }
    if (!response.ok) throw refusal(operation, response.status);
    const found = readField(await response.text(), field);
    if (found === undefined)
      throw new Fault("store_unavailable", { say: "The key service (objects.kms) gave no answer of the transit engine." });
    return found;
  };
  return {
    name: `vault:${mount}/${key}`,
    wrap: (dataKey, context) => ask("encrypt", { plaintext: base64(dataKey), associated_data: base64(Buffer.from(context)) }, "ciphertext"),
    async unwrap(wrapped, context) {
      const text = await ask("decrypt", { ciphertext: wrapped, associated_data: base64(Buffer.from(context)) }, "plaintext");
      return new Uint8Array(Buffer.from(text, "base64"));
    },
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Vault's own text may name paths and policies, so only the status is told. */
function refusal(operation: "encrypt" | "decrypt", status: number): Fault {
  if (status === 403) return new Fault("store_unavailable", { say: "The key service refused objects.kms.token.", upstreamStatus: status });
  if (status === 400 && operation === "decrypt")
    return new Fault("object_damaged", {
      say: "The key service does not unwrap a data key of the object store: it was changed, or the transit key was.",
    });
  return new Fault("store_unavailable", { say: `The key service answered with status ${String(status)}.`, upstreamStatus: status });
}

function readField(text: string, field: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const data: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "data") : undefined;
    const found: unknown = typeof data === "object" && data !== null ? Reflect.get(data, field) : undefined;
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}
