import { readdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { loadDownloads } from "../config/index.ts";
import { createByteProgress, formatBytes } from "./byte-progress.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT, type Flag } from "./command.ts";
import { hashFile } from "./file-hash.ts";
import { download } from "./model-download.ts";
import { parseModelSource } from "./model-source.ts";
import { renderTable } from "./table.ts";

const CONFIG_FLAG: Readonly<Record<string, Flag>> = {
  config: { value: "FILE", description: "config file (WEIR_CONFIG, else ./weir.yaml)" },
};

export const modelsPull: Command = {
  name: "models pull",
  summary: "Fetches a GGUF model, goes on where it broke off, and checks its SHA-256.",
  operands: "MODEL",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    out: { value: "PATH", description: "where to put it (else the folder `downloads.folder` of the config, ./models)" },
    sha256: { value: "HEX", description: "what its SHA-256 must be (else what the hub names)" },
    ...CONFIG_FLAG,
  },
  examples: [
    "weir models pull hf:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf",
    "weir models pull https://models.example/base.gguf --sha256 9f86…0a08 --out ./models/base.gguf",
  ],
  run: pull,
};

async function pull(args: Args, deps: CliDeps): Promise<number> {
  const allowed = await loadDownloads({ config: args.text("config") }, deps.env, deps.cwd);
  const source = parseModelSource(args.operands[0] ?? "", allowed);
  const sha256 = args.text("sha256")?.toLowerCase();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) throw new CommandError("--sha256 must be 64 hexadecimal digits.", EXIT.usage);
  const given = args.text("out");
  const out = given === undefined ? join(allowed.folder, source.file) : resolve(deps.cwd, given);
  const shown = shorten(deps.cwd, out);
  if ((await sizeOf(out)) !== undefined) return tellOfExisting(out, shown, sha256, deps);
  const progress = createByteProgress(deps.terminal, deps.clock.monotonicMs);
  const { fetch, wait, signal } = deps;
  try {
    const got = await download({ source, allowed, out, sha256 }, { fetch, wait, signal, progress: progress.at });
    progress.end();
    const verdict = got.checked ? "as expected" : "not checked: nobody names what it should be";
    deps.terminal.out(`${shown}: ${formatBytes(got.bytes)}, SHA-256 ${got.sha256} (${verdict})\n`);
    return EXIT.done;
  } catch (error) {
    progress.end();
    if (signal.aborted) deps.terminal.err("What came is kept: the same command goes on from there.\n");
    throw error;
  }
}

async function tellOfExisting(out: string, shown: string, expected: string | undefined, { terminal }: CliDeps): Promise<number> {
  const found = (await hashFile(out)).hash.digest("hex");
  if (expected !== undefined && expected !== found)
    throw new CommandError(`${shown} is there already, with the SHA-256 ${found}, not ${expected}. Delete it, or choose another --out.`);
  terminal.out(`${shown} is there already, SHA-256 ${found}\n`);
  return EXIT.done;
}

export const modelsList: Command = {
  name: "models list",
  summary: "The GGUF files on this machine, and which provider uses them.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: CONFIG_FLAG,
  examples: ["weir models list"],
  async run(args, deps) {
    const { folder, used } = await loadDownloads({ config: args.text("config") }, deps.env, deps.cwd);
    const paths = new Set([...used.map(({ path }) => path), ...(await findModels(folder))]);
    if (paths.size === 0)
      deps.terminal.out(`There is no model in ${shorten(deps.cwd, folder)}. Fetch one: weir models pull hf:USER/REPOSITORY/FILE.gguf\n`);
    if (paths.size === 0) return EXIT.done;
    const rows = [...paths].toSorted().map(async (path) => {
      const size = await sizeOf(path);
      const partly = size === undefined ? await sizeOf(`${path}.part`) : undefined;
      const state = size !== undefined ? formatBytes(size) : partly === undefined ? "missing" : `${formatBytes(partly)} so far`;
      const users = used
        .filter((use) => use.path === path)
        .map(({ provider, adapter }) => (adapter === undefined ? provider : `${provider} (${adapter})`));
      return [shorten(deps.cwd, path), state, users.length === 0 ? undefined : users.join(", ")];
    });
    deps.terminal.out(renderTable(["file", "size", "provider"], await Promise.all(rows)));
    return EXIT.done;
  },
};

async function findModels(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.gguf(\.part)?$/i.test(name)).map((name) => join(folder, name.replace(/\.part$/, "")));
  } catch {
    return [];
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

function shorten(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") || dirname(path) === path ? path : `./${short}`;
}
