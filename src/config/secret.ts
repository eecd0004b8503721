import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { deriveKey } from "../kernel/hash.ts";
import { type Env, envPlace, readEnv } from "./environment.ts";
import { createLine, isOpenToOthers, readLine } from "./own-file.ts";
import type { Findings } from "./problem.ts";
import { errorCode } from "./reference.ts";

const SECRET_BYTES = 32;
const HOW = "Make one with `openssl rand -hex 32`.";

/** 32 bytes from 64 hex digits or base64 (either alphabet, padded or not); undefined when it is neither. */
export function parseSecret(text: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, "hex"));
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === SECRET_BYTES ? new Uint8Array(bytes) : undefined;
}

export type AskedSecret = {
  readonly env: Env;
  readonly dataDir: string;
  readonly embedded: boolean;
  /** `WEIR_SECRET_PREVIOUS`: a folder that was made with it is taken over. */
  readonly previous: Uint8Array | undefined;
};

/** The server's secret, from the environment or the data folder. undefined: a problem was found. */
export async function readSecret(asked: AskedSecret, findings: Findings): Promise<Uint8Array | undefined> {
  const { env, dataDir, embedded } = asked;
  const place = envPlace("WEIR_SECRET");
  const given = readEnv(env, "WEIR_SECRET");
  const parsed = given === undefined ? undefined : parseSecret(given);
  if (given !== undefined && parsed === undefined) {
    findings.problems.push({ place, message: `must be 32 bytes, as 64 hex digits or base64. ${HOW}` });
    return undefined;
  }
  if (!embedded) {
    if (parsed === undefined)
      findings.problems.push({ place, message: `must be set with DATABASE_URL, the same for every replica. ${HOW}` });
    return parsed;
  }
  try {
    return parsed === undefined ? await secretOfFolder(dataDir, findings) : await matchFolder(parsed, asked, findings);
  } catch (error) {
    findings.problems.push({ place: { in: "folder", path: dataDir }, message: `the data folder cannot be used (${errorCode(error)}).` });
    return undefined;
  }
}

async function secretOfFolder(dataDir: string, findings: Findings): Promise<Uint8Array | undefined> {
  const path = join(dataDir, "secret");
  let line = await readLine(path);
  if (line === undefined) {
    if ((await readLine(join(dataDir, "secret.check"))) !== undefined) {
      findings.problems.push({
        place: envPlace("WEIR_SECRET"),
        message: `is not set, but the data folder ${dataDir} was made with it. Set it again.`,
      });
      return undefined;
    }
    line = await createLine(path, randomBytes(SECRET_BYTES).toString("hex"));
  }
  const secret = parseSecret(line);
  if (secret === undefined) {
    findings.problems.push({
      place: { in: "folder", path },
      message: "does not hold 32 bytes as hex or base64. Restore it from a backup: without it every key and encrypted object is lost.",
    });
  } else if (await isOpenToOthers(path)) {
    findings.warnings.push({ place: { in: "folder", path }, message: "other users of this machine may read it. Set its mode to 0600." });
  }
  return secret;
}

/** A folder made with one secret and opened with another would refuse every key without saying why. */
async function matchFolder(secret: Uint8Array, { dataDir, previous }: AskedSecret, findings: Findings): Promise<Uint8Array | undefined> {
  const digest = digestOf(secret);
  const kept = await readLine(join(dataDir, "secret"));
  const keptSecret = kept === undefined ? undefined : parseSecret(kept);
  const expected = keptSecret === undefined ? await createLine(join(dataDir, "secret.check"), digest) : digestOf(keptSecret);
  if (expected === digest) return secret;
  if (previous !== undefined && expected === digestOf(previous)) {
    await takeOver(dataDir, digest);
    return secret;
  }
  const message = `is not the secret that the data folder ${dataDir} was made with: keys and encrypted objects made under the other one would stop working. Unset it, set the old one, or choose another folder.`;
  findings.problems.push({ place: envPlace("WEIR_SECRET"), message });
  return undefined;
}

/** From now on the folder belongs to the new secret. The old one stays as `secret.previous`, until somebody deletes it. */
async function takeOver(dataDir: string, digest: string): Promise<void> {
  const check = join(dataDir, "secret.check");
  await rm(check, { force: true });
  await createLine(check, digest);
  await rename(join(dataDir, "secret"), join(dataDir, "secret.previous")).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}

const digestOf = (secret: Uint8Array): string => Buffer.from(deriveKey(secret, "config/secret-check")).toString("hex").slice(0, 32);
