import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { adminKeyPath, parseSecret, readEnv, resolveDataDir } from "../config/index.ts";
import { CommandError, EXIT, type Args, type CliDeps, type Command } from "./command.ts";
import { PASSPHRASE_FLAG, readPassphrase } from "./passphrase.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";

export const backup: Command = {
  name: "backup",
  summary: "Writes database, documents, journal and keys into one file, while the server runs.",
  operands: "FILE|DIR",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    ...PASSPHRASE_FLAG,
    plain: { value: undefined, description: "not encrypted: who has the file can read the documents in it" },
    objects: { value: undefined, description: "where stored files are in a bucket: these too, as they lie there, encrypted" },
    "with-secret": { value: undefined, description: "with --plain: the server's secret and admin key in it too, in clear" },
    ...REACH_FLAGS,
  },
  examples: ["weir backup /backups --passphrase file:/etc/weir/backup-passphrase", "weir backup copy.weir --plain"],
  async run(args, deps) {
    const passphrase = await readPassphrase(args, deps);
    checkWish(args, passphrase);
    const path = await toPath(args.operands[0] ?? "", deps);
    const keys = passphrase !== undefined || args.on("with-secret") ? await readKeys(args, deps) : undefined;
    return await withServer(args, deps, async ({ api }) => {
      const startedMs = deps.clock.monotonicMs();
      const body = await api.stream(`/admin/v1/backup${args.on("objects") ? "?objects=true" : ""}`, {});
      const bytes = await writeWhole(path, recordsOf(keys, body), passphrase);
      const seconds = ((deps.clock.monotonicMs() - startedMs) / 1000).toFixed(1);
      deps.terminal.out(
        `${path}: ${(bytes / 1_000_000).toFixed(1)} MB in ${seconds} s, ${passphrase === undefined ? "not encrypted" : "encrypted"}\n`,
      );
      if (keys === undefined)
        deps.terminal.err(
          "The server's secret is not in it. Keep WEIR_SECRET (or the data folder's file `secret`) elsewhere: without it nothing opens.\n",
        );
      return EXIT.done;
    });
  },
};

function checkWish(args: Args, passphrase: string | undefined): void {
  if (passphrase !== undefined && args.on("plain")) throw new CommandError("--plain and --passphrase exclude each other.", EXIT.usage);
  if (args.on("with-secret") && !args.on("plain"))
    throw new CommandError("--with-secret goes with --plain: an encrypted backup holds the secret anyway.", EXIT.usage);
  if (passphrase === undefined && !args.on("plain"))
    throw new CommandError(
      "A backup holds documents and keys. Encrypt it with --passphrase env:NAME or file:PATH, or say --plain.",
      EXIT.usage,
    );
}

/** A folder gets a file that is named for the moment. Nothing is written over. */
async function toPath(operand: string, deps: CliDeps): Promise<string> {
  const path = resolve(deps.cwd, operand);
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return path;
  if (!there.isDirectory()) throw new CommandError(`${path} exists already. Name another file, or a folder.`, EXIT.usage);
  return join(path, `weir-${new Date(deps.clock.nowMs()).toISOString().slice(0, 19).replaceAll(":", "")}.backup`);
}

/** The secret never crosses the network: it is read where this command runs. */
async function readKeys(args: Args, deps: CliDeps): Promise<{ secret: string; adminKey: string | undefined }> {
  const dataDir = resolveDataDir({ data: args.text("data") }, deps.env, deps.cwd);
  const text = readEnv(deps.env, "WEIR_SECRET") ?? (await readFile(join(dataDir, "secret"), "utf8").catch(() => "")).trim();
  const secret = parseSecret(text);
  if (secret === undefined)
    throw new CommandError(
      `There is no secret to put into the backup: ${join(dataDir, "secret")} holds none. Set WEIR_SECRET, or say --plain.`,
    );
  const adminKey = (await readFile(adminKeyPath(dataDir), "utf8").catch(() => "")).trim();
  return { secret: Buffer.from(secret).toString("hex"), adminKey: adminKey === "" ? undefined : adminKey };
}

async function* recordsOf(
  keys: { readonly secret: string; readonly adminKey: string | undefined } | undefined,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { toLine } = await import("../operate/index.ts");
  if (keys !== undefined) yield toLine({ type: "keys", ...keys });
  const reader = body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
}

/** The last record that a backup has, at the end of its last piece. */
const END = /\{"type":"end",[^\n]*\}\n$/;
const TAIL_BYTES = 64 * 1024;

/** The file appears under its name when all of it is on the disk. */
async function writeWhole(path: string, records: AsyncIterable<Uint8Array>, passphrase: string | undefined): Promise<number> {
  let tail = Buffer.alloc(0);
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const piece of records) {
      tail = Buffer.concat([tail, piece]).subarray(-TAIL_BYTES);
      yield piece;
    }
  }
  const draft = `${path}.${randomBytes(4).toString("hex")}.draft`;
  const file = await open(draft, "wx", 0o600).catch((error: unknown) => {
    throw new CommandError(`${path} cannot be written (${error instanceof Error && "code" in error ? String(error.code) : "unknown"}).`);
  });
  const { seal } = await import("../operate/index.ts");
  try {
    let bytes = 0;
    const packed = createGzip({ level: 1 });
    // What breaks the one breaks the other: who reads the last is told.
    pipeline(Readable.from(watched(), { objectMode: false }), packed, () => undefined);
    for await (const piece of seal(piecesOf(packed), passphrase)) {
      await file.writeFile(piece);
      bytes += piece.length;
    }
    if (!END.test(tail.toString("utf8")))
      throw new CommandError("The server stopped before the backup was whole, so none was kept. Its log says why.");
    await file.sync();
    await file.close();
    await rename(draft, path);
    return bytes;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error instanceof CommandError
      ? error
      : new CommandError("The connection to the server broke before the backup was whole, so none was kept.");
  }
}

async function* piecesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) if (piece instanceof Uint8Array) yield piece;
}

export const readPieces = (path: string): AsyncGenerator<Uint8Array> => piecesOf(createReadStream(path, { highWaterMark: 256 * 1024 }));
