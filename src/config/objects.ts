import type { z } from "zod";
import { envPlace, readEnv, type Env } from "./environment.ts";
import type { kmsSchema } from "./objects-schema.ts";
import type { Findings, Place } from "./problem.ts";
import { resolveSecret, resolveText } from "./reference.ts";
import { parseSecret } from "./secret.ts";
import type { Source } from "./source.ts";

/** `kms` undefined: data keys are wrapped under `WEIR_SECRET`. */
export type ObjectsConfig = { readonly kms: KmsConfig | undefined } & (
  | { readonly kind: "folder" }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      /** Without a trailing slash. */
      readonly endpoint: string;
      readonly region: string;
      /** Empty, or ends in a slash. */
      readonly prefix: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    }
);
export type KmsConfig =
  | { readonly kind: "secret"; /** 32 bytes each. */ readonly secret: Uint8Array; readonly previous: Uint8Array | undefined }
  | VaultConfig;
export type VaultConfig = {
  readonly kind: "vault-transit";
  readonly address: string;
  readonly mount: string;
  readonly key: string;
  readonly token: string;
  readonly namespace: string | undefined;
};

export async function readObjects(source: Source): Promise<ObjectsConfig> {
  const { objects } = source.value;
  const kmsConfig = objects.kms === undefined ? undefined : await readKms(objects.kms, source);
  if (objects.kind === "folder") return { kind: "folder", kms: kmsConfig };
  const at = (setting: string): Place => source.placeOf(["objects", setting]);
  const { bucket, region, prefix } = objects;
  return {
    kind: "s3",
    bucket,
    region,
    endpoint: readAddress(objects.endpoint ?? `https://s3.${region}.amazonaws.com`, at("endpoint"), source),
    prefix: prefix === undefined ? "" : `${prefix}/`,
    accessKeyId: (await resolveSecret(objects.accessKeyId, at("accessKeyId"), source)) ?? "",
    secretAccessKey: (await resolveSecret(objects.secretAccessKey, at("secretAccessKey"), source)) ?? "",
    kms: kmsConfig,
  };
}

type FileKms = NonNullable<z.output<typeof kmsSchema>>;

async function readKms(file: FileKms, source: Source): Promise<KmsConfig> {
  const at = (setting: string): Place => source.placeOf(["objects", "kms", setting]);
  if (file.kind === "secret") {
    const previous = file.previous === undefined ? undefined : await readKey(file.previous, at("previous"), source);
    return { kind: "secret", secret: (await readKey(file.secret, at("secret"), source)) ?? new Uint8Array(0), previous };
  }
  return {
    kind: file.kind,
    address: readAddress(file.address, at("address"), source),
    mount: file.mount,
    key: file.key,
    token: (await resolveSecret(file.token, at("token"), source)) ?? "",
    namespace: file.namespace,
  };
}

/** undefined: it is none, and that has been said. */
async function readKey(raw: string, place: Place, source: Source): Promise<Uint8Array | undefined> {
  const text = await resolveSecret(raw, place, source);
  const parsed = text === undefined ? undefined : parseSecret(text);
  if (text !== undefined && parsed === undefined)
    source.findings.problems.push({
      place,
      message: "must be 32 bytes, as 64 hex digits or base64. Make one with `openssl rand -hex 32`.",
    });
  return parsed;
}

/** Without trailing slashes. It is not quoted where it is wrong: it may hold a password. */
export function readAddress(raw: string, place: Place, source: Source): string {
  const text = resolveText(raw, place, source);
  if (text === undefined) return "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (plain && (url.protocol === "http:" || url.protocol === "https:")) return url.origin + url.pathname.replace(/\/+$/, "");
  source.findings.problems.push({ place, message: "expected an address such as https://host:9000, without user, password, ? or #." });
  return "";
}

/** The secret that is being left, while what was made under it is still needed. */
export function readPreviousSecret(env: Env, findings: Findings): Uint8Array | undefined {
  const given = readEnv(env, "WEIR_SECRET_PREVIOUS");
  if (given === undefined) return undefined;
  const parsed = parseSecret(given);
  const place = envPlace("WEIR_SECRET_PREVIOUS");
  if (parsed === undefined)
    findings.problems.push({ place, message: "must be 32 bytes, as 64 hex digits or base64: the WEIR_SECRET of before." });
  else
    findings.warnings.push({
      place,
      message:
        "is set: stored files sealed under it are read. Run `weir objects rotate-keys`, then unset it. Keys of tenants that were made under it have to be made anew, and audit trails are reported as changed at the place where the secret was.",
    });
  return parsed;
}
