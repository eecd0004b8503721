/** Servers that tests talk to, beside PostgreSQL: found in the system or the cache, else built or fetched by the ordinary tools, once. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runCommand } from "./command.ts";
import { cacheFolder } from "./postgres-binaries.ts";

/** An S3 server over a folder, which checks every signature. Go. */
const S3_SERVER = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
/** Qdrant's engine as a Python module: there is no package of its server. `test/qdrant/edge.py` puts the REST calls before it. */
const QDRANT_ENGINE = "qdrant-edge-py==0.9.0";
/** The modules that tools/suite/otelcol/go.mod names. */
const COLLECTOR_VERSION = "0.162.0";

/** `path`, or `why` there is none. */
export type Found = { readonly path: string } | { readonly why: string };

/** A compiler that is given less waits for memory or a slow disk; a first build of a collector takes some minutes on two cores. */
const BUILD_SECONDS_MAX = "1500";

async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, output } = await runCommand(["timeout", BUILD_SECONDS_MAX, ...command], env);
  if (code !== 0) throw new Error(`${command.slice(0, 3).join(" ")} failed: ${output.trim().split("\n").at(-1) ?? ""}`);
}

/** What stands at `path` in the cache, or what `make` leaves there: in a draft first, so that a broken build leaves nothing. */
async function cached(path: string, make: (draft: string) => Promise<string>): Promise<Found> {
  if (existsSync(path)) return { path };
  mkdirSync(dirname(path), { recursive: true });
  const draft = mkdtempSync(`${path}.draft-`);
  try {
    renameSync(await make(draft), path);
    return { path };
  } catch (error) {
    return { why: error instanceof Error ? error.message : "it could not be made" };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const inCache = (name: string): string => join(cacheFolder(), "programs", name);

export const findS3Server = (): Promise<Found> =>
  cached(inCache(`versitygw-${S3_SERVER.split("@")[1] ?? ""}`), async (draft) => {
    await run(["go", "install", S3_SERVER], { GOBIN: draft });
    return join(draft, "versitygw");
  });

export const findCollector = (): Promise<Found> =>
  cached(inCache(`otelcol-${COLLECTOR_VERSION}`), async (draft) => {
    const source = join(import.meta.dirname, "otelcol");
    for (const name of readdirSync(source)) copyFileSync(join(source, name), join(draft, basename(name)));
    await run(["go", "-C", draft, "build", "-o", "otelcol", "."]);
    return join(draft, "otelcol");
  });

/** The system's, or the one of Debian's package, unpacked and not installed. */
export async function findPrometheus(): Promise<Found> {
  const system = (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => join(folder, "prometheus"))
    .find(existsSync);
  if (system !== undefined) return { path: system };
  return cached(inCache("prometheus-debian"), async (draft) => {
    await run(["sh", "-c", `cd '${draft}' && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb unpacked`]);
    return join(draft, "unpacked/usr/bin/prometheus");
  });
}

/** The folder that holds it, for `PYTHONPATH`. */
export const findQdrantEngine = (): Promise<Found> =>
  cached(inCache(QDRANT_ENGINE.replace("==", "-")), async (draft) => {
    const python = process.env["WEIR_PYTHON"] ?? "python3";
    await run([python, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target", join(draft, "made"), QDRANT_ENGINE]);
    return join(draft, "made");
  });
