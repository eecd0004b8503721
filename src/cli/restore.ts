import { access, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pid } from "node:process";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { adminKeyPath, parseSecret, readEnv, resolveDataDir } from "../config/index.ts";
import type { Restored } from "../operate/index.ts";
import { readPieces } from "./backup.ts";
import { auditVerify } from "./audit.ts";
import { CommandError, EXIT, type CliDeps, type Command } from "./command.ts";
import { PASSPHRASE_FLAG, readPassphrase } from "./passphrase.ts";

export const restore: Command = {
  name: "restore",
  summary: "Fills a new data folder (or, with DATABASE_URL, an empty PostgreSQL) from a backup, and checks it.",
  operands: "FILE",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    ...PASSPHRASE_FLAG,
    data: { value: "DIR", description: "new data folder (WEIR_DATA_DIR, else ./data)" },
    config: { value: "FILE", description: "config file, for the check of the audit log" },
  },
  examples: ["weir restore /backups/weir-2026-11-21T120000.backup --data ./restored --passphrase file:/etc/weir/backup-passphrase"],
  async run(args, deps) {
    const path = resolve(deps.cwd, args.operands[0] ?? "");
    await access(path).catch(() => {
      throw new CommandError(`There is no file ${path}, or this user may not read it.`);
    });
    const passphrase = await readPassphrase(args, deps);
    const dataDir = resolveDataDir({ data: args.text("data") }, deps.env, deps.cwd);
    const databaseUrl = readEnv(deps.env, "DATABASE_URL");
    const given = readEnv(deps.env, "WEIR_SECRET");
    const secret = given === undefined ? undefined : parseSecret(given);
    const operate = await import("../operate/index.ts");
    const restored = await inWords(() =>
      operate.restore(
        { clock: deps.clock, log: { warn: () => undefined }, pid },
        { source: unpack(operate.unseal(readPieces(path), passphrase)), dataDir, databaseUrl, secret },
      ),
    );
    await keepKeys(dataDir, restored, given !== undefined);
    tell(deps, dataDir, restored);
    if (databaseUrl !== undefined && given === undefined) {
      deps.terminal.out(
        `The server's secret is in ${join(dataDir, "secret")}. Start with WEIR_SECRET set to it, then check with weir audit verify.\n`,
      );
      return EXIT.done;
    }
    return await auditVerify.run(
      { operands: [], text: (name) => (name === "data" ? dataDir : name === "config" ? args.text("config") : undefined), on: () => false },
      deps,
    );
  },
};

function unpack(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const unpacked = createGunzip();
  pipeline(Readable.from(pieces, { objectMode: false }), unpacked, () => undefined);
  return unpacked;
}

/** What stops a restore is said in a sentence; a stream that ends early says so in its own words. */
async function inWords(body: () => Promise<Restored>): Promise<Restored> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))
      throw new CommandError("The backup is not whole: it ends early or was changed. Use another one.");
    throw error instanceof Error && error.constructor === Error ? new CommandError(error.message) : error;
  }
}

/** A key that stands there already was put there on purpose. */
async function writeNew(path: string, line: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) await writeFile(path, `${line}\n`, { mode: 0o600 });
}

async function keepKeys(dataDir: string, { keys }: Restored, secretGiven: boolean): Promise<void> {
  if (keys.fromBackup && !secretGiven) await writeNew(join(dataDir, "secret"), Buffer.from(keys.secret).toString("hex"));
  if (keys.adminKey !== undefined) await writeNew(adminKeyPath(dataDir), keys.adminKey);
}

function tell(deps: CliDeps, dataDir: string, { at, sums, files }: Restored): void {
  const rows = Object.values(sums).reduce((all, one) => all + one.rows, 0);
  deps.terminal.out(
    `Restored as of ${at}: ${String(rows)} rows in ${String(Object.keys(sums).length)} tables, checksums equal; ${String(files)} files in ${dataDir}\n`,
  );
}
