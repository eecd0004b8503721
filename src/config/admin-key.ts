import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "../kernel/hash.ts";
import { makeSecret } from "../kernel/ids.ts";
import { type Env, envPlace, readEnv } from "./environment.ts";
import { createLine, isOpenToOthers, readLine } from "./own-file.ts";
import type { Findings } from "./problem.ts";
import { errorCode, isHeaderText } from "./reference.ts";

/** 160 random bits have 32 characters; half of that is the least that is not guessed. */
const ADMIN_KEY_CHARS_MIN = 16;
/** It is sent with every admin request. */
const ADMIN_KEY_CHARS_MAX = 512;

export type AdminKey = {
  readonly adminKey: string;
  /** Nobody has been shown it yet. */
  readonly adminKeyIsNew: boolean;
};

/** undefined: a problem was found. */
export async function readAdminKey(env: Env, dataDir: string, embedded: boolean, findings: Findings): Promise<AdminKey | undefined> {
  const given = readEnv(env, "WEIR_ADMIN_KEY");
  if (given !== undefined) return checkGiven(given, findings) ? { adminKey: given, adminKeyIsNew: false } : undefined;
  // Replicas share no folder, so a made key could be kept nowhere: it lives for one start.
  if (!embedded) return { adminKey: makeSecret("wadm"), adminKeyIsNew: true };
  const path = adminKeyPath(dataDir);
  try {
    const kept = await readLine(path);
    const line = kept ?? (await createLine(path, makeSecret("wadm")));
    if (line.length < ADMIN_KEY_CHARS_MIN || !isHeaderText(line)) {
      findings.problems.push({ place: { in: "folder", path }, message: "does not hold an admin key. Delete it, and a new one is made." });
      return undefined;
    }
    if (await isOpenToOthers(path)) {
      const message = "other users of this machine may read it. Set its mode to 0600.";
      findings.warnings.push({ place: { in: "folder", path }, message });
    }
    return { adminKey: line, adminKeyIsNew: (await readLine(shownPath(dataDir))) !== sha256Hex(line) };
  } catch (error) {
    findings.problems.push({ place: { in: "folder", path: dataDir }, message: `the data folder cannot be used (${errorCode(error)}).` });
    return undefined;
  }
}

/** Where the embedded server keeps the admin key that it made. */
export const adminKeyPath = (dataDir: string): string => join(dataDir, "admin-key");
/** A digest of the key that was shown: a start that fails after making a key has shown it to nobody. */
const shownPath = (dataDir: string): string => join(dataDir, "admin-key.shown");

export async function markAdminKeyShown(dataDir: string, adminKey: string): Promise<void> {
  await writeFile(shownPath(dataDir), `${sha256Hex(adminKey)}\n`, { mode: 0o600 });
}

function checkGiven(key: string, findings: Findings): boolean {
  const place = envPlace("WEIR_ADMIN_KEY");
  const { problems } = findings;
  const before = problems.length;
  if (key.length < ADMIN_KEY_CHARS_MIN)
    problems.push({ place, message: `must have at least ${String(ADMIN_KEY_CHARS_MIN)} characters: a shorter one can be guessed.` });
  if (key.length > ADMIN_KEY_CHARS_MAX)
    problems.push({ place, message: `must have at most ${String(ADMIN_KEY_CHARS_MAX)} characters: it is sent with every admin request.` });
  if (!isHeaderText(key)) problems.push({ place, message: "has characters that an HTTP header cannot carry." });
  return problems.length === before;
}
