import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config, KmsConfig } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Fetch } from "../kernel/outbound.ts";
import { createDataKeys, createEncryptedObjects, createFolderBlobs, createTenantObjects } from "../object/index.ts";
import type { Blobs, KeyWrapper } from "../object/index.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";
import { openObjectStore } from "./object-store.ts";

type Deps = { readonly clock: Clock; readonly fetch: Fetch };
type Ask = Pick<Config, "objects" | "dataDir" | "secret" | "secretPrevious">;

/** A service that takes longer for a few bytes is slow, not away. */
const ANSWER_MS = 10_000;
/** Of nobody: ids of tenants carry their time, so none has this one. */
const PROBE_TENANT = tenantIds.parse("ten_00000000000000000000000000");
const STORE = "object store";
const KEYS = "key service";
const DATA_KEYS = "data keys";

/** Writes, reads and deletes an object under encryption; wraps and unwraps a key; opens a key that is there. */
export async function checkObjects({ clock, fetch }: Deps, config: Ask): Promise<readonly Finding[]> {
  const hurried: Fetch = (url, init) => {
    const late = AbortSignal.timeout(ANSWER_MS);
    return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, late]) : late });
  };
  const { objects, dataDir } = config;
  const { blobs, wrappers } = openObjectStore({ fetch: hurried, nowMs: clock.nowMs, wait: () => Promise.resolve() }, config);
  const wrapped = await checkWrapper(wrappers[0], objects.kms);
  // A folder is made with its first object, and this is no reason to make it.
  if (objects.kind === "folder" && !(await isThere(join(dataDir, "objects"))))
    return [...wrapped, ok(STORE, "a folder in the data folder, made with the first file")];
  const where = objects.kind === "folder" ? join(dataDir, "objects") : `bucket ${objects.bucket} at ${objects.endpoint}`;
  const stored = [...(await checkStore(blobs, where, objects.kind)), ...(objects.kind === "s3" ? await checkLeft(dataDir) : [])];
  const isWell = [...wrapped, ...stored].every(({ state }) => state !== "problem");
  return [...wrapped, ...stored, ...(isWell ? await checkDataKeys(blobs, wrappers, clock) : [])];
}

/** Wrapping under a secret of the server's own needs nobody, so only a service is asked. */
async function checkWrapper(wrapper: KeyWrapper, kms: KmsConfig | undefined): Promise<readonly Finding[]> {
  if (kms?.kind !== "vault-transit") return [];
  const at = `${wrapper.name} at ${kms.address}`;
  const key = new Uint8Array(randomBytes(32));
  const context = "probe";
  try {
    const wrapped = await wrapper.wrap(key, context);
    if (!Buffer.from(await wrapper.unwrap(wrapped, context)).equals(key))
      return [problem(KEYS, `${at} gives back another key than it wrapped`, "Is something between that changes answers?")];
    const elsewhere = await wrapper.unwrap(wrapped, `${context}-of-another`).catch(() => undefined);
    if (elsewhere !== undefined)
      return [problem(KEYS, `${at} unwraps a key for what it was not wrapped for`, `The transit key must be of type aes256-gcm96.`)];
    return [ok(KEYS, `${at} wraps and unwraps`)];
  } catch (error) {
    return [problem(KEYS, `${messageOf(error)} (${at})`, todoOfKeys(error, kms.mount, kms.key))];
  }
}

function todoOfKeys(error: unknown, mount: string, key: string): string {
  switch (statusOf(error)) {
    case 403:
      return `The token has expired, or its policy lacks "update" on ${mount}/encrypt/${key} and ${mount}/decrypt/${key}.`;
    case 404:
      return `Is the transit engine mounted at ${mount} (objects.kms.mount), and in this namespace (objects.kms.namespace)?`;
    case 400:
      return `Is there a transit key ${key} of type aes256-gcm96? vault write -f ${mount}/keys/${key} makes it.`;
    case 503:
      return "It is sealed, or a standby that does not forward: unseal it.";
    case undefined:
      return "Is it running, and is objects.kms.address right as seen from this machine? With a private authority: outbound.ca. Files can be neither stored nor read without it.";
    default:
      return "Its own log says more.";
  }
}

/** The object's key is this check's alone, so that nothing of it stays beside the tenants' keys. */
async function checkStore(blobs: Blobs, where: string, kind: "folder" | "s3"): Promise<readonly Finding[]> {
  const key = { id: randomBytes(16).toString("hex"), key: new Uint8Array(randomBytes(32)) };
  const keys = { forWriting: () => Promise.resolve(key), get: () => Promise.resolve(key.key) };
  const objects = createEncryptedObjects(createTenantObjects(blobs), keys);
  const name = `probes/${randomBytes(16).toString("hex")}`;
  const text = randomBytes(64);
  let step = "write";
  try {
    await objects.putObject(PROBE_TENANT, name, text);
    step = "read";
    const read = await objects.getObject(PROBE_TENANT, name);
    if (read === undefined || !Buffer.from(read).equals(text))
      return [problem(STORE, `what was written to ${where} a moment ago is not there`, "Is it a cache, or a copy that follows late?")];
    step = "delete";
    await objects.deleteObject(PROBE_TENANT, name);
    if ((await objects.getObject(PROBE_TENANT, name)) !== undefined)
      return [problem(STORE, `what was deleted in ${where} a moment ago is still there`, "Erasure and retention need deletion to count.")];
    return [ok(STORE, `${where}: an encrypted object was written, read and deleted`)];
  } catch (error) {
    if (step !== "write") await objects.deleteObject(PROBE_TENANT, name).catch(() => undefined);
    return [problem(STORE, `${where}: an object could not be ${PAST[step] ?? step}: ${messageOf(error)}`, todoOfStore(error, kind))];
  }
}

const PAST: Readonly<Record<string, string>> = { write: "written", read: "read", delete: "deleted" };

function todoOfStore(error: unknown, kind: "folder" | "s3"): string {
  if (kind === "folder") return "May this user write there, and is there room on the disk?";
  if (/clock is wrong/.test(messageOf(error))) return "Let this machine follow NTP: a signature holds for minutes.";
  switch (statusOf(error)) {
    case 403:
      return "Look at objects.accessKeyId, secretAccessKey and region; the account needs GetObject, PutObject and DeleteObject on the objects, and ListBucket on the bucket.";
    case 404:
      return "Make the bucket, or name another in objects.bucket.";
    case undefined:
      return "Is it running, and is objects.endpoint right as seen from this machine? With a private authority: outbound.ca.";
    default:
      return "Its own log says more.";
  }
}

/** After a restore, or a change from a folder to a bucket, files lie where the server does not look. */
async function checkLeft(dataDir: string): Promise<readonly Finding[]> {
  const left = join(dataDir, "objects");
  const [first] = await createFolderBlobs(left).list("", { limit: 1 });
  if (first === undefined) return [];
  return [warning(STORE, `stored files lie in ${left}, and the server looks for them in the bucket`, "weir objects push puts them there.")];
}

/** That a key of before opens is what tells whether this server can read what is stored. */
async function checkDataKeys(
  blobs: Blobs,
  wrappers: readonly [KeyWrapper, ...KeyWrapper[]],
  { nowMs }: Clock,
): Promise<readonly Finding[]> {
  try {
    const [path] = await blobs.list("data-keys/", { limit: 1 });
    const [, tenant = "", id = ""] = path?.split("/") ?? [];
    if (!tenantIds.is(tenant)) return [ok(DATA_KEYS, "none yet")];
    await createDataKeys({ blobs, wrappers, nowMs }).get(tenant, id);
    return [ok(DATA_KEYS, "a stored one opens")];
  } catch (error) {
    return [
      problem(DATA_KEYS, messageOf(error), "What is stored cannot be read: docs/objects.md says how secrets and key services change."),
    ];
  }
}

/** Faults of the store are worded without anything secret; whatever else is not told. */
const messageOf = (error: unknown): string => (error instanceof Fault ? error.message : "it failed in a way that nobody foresaw");
const statusOf = (error: unknown): number | undefined => (error instanceof Fault ? error.detail.upstreamStatus : undefined);

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
