import { spawn, type ChildProcess } from "node:child_process";
import { SourceProblem } from "./connector.ts";

export type GitRun = {
  readonly options: { readonly url: string; readonly token: string | undefined; readonly protocols?: string | undefined };
  readonly cwd: string;
};

/** Where systems keep programs: nothing else of this process's environment is handed on. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin";
/** A server that is silent for so long is away. */
const SILENT_SECONDS = 60;
const RUN_MS_MAX = 3_600_000;
/** What git prints of one object, and of its complaints. */
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;
const COMPLAINT_CHARS_MAX = 400;
/** One path of a listing. */
const LINE_CHARS_MAX = 65_536;

/** No settings of the machine or of a person, no questions, no redirect to another host, no protocol but those; a token never stands in an argument. */
function environmentOf({ url, token, protocols = "https:http:ssh" }: GitRun["options"], cwd: string): Record<string, string> {
  const settings: [string, string][] = [
    ["core.hooksPath", "/dev/null"],
    ["http.followRedirects", "false"],
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", String(SILENT_SECONDS)],
    ["protocol.allow", "never"],
    ...protocols.split(":").map((name): [string, string] => [`protocol.${name}.allow`, "always"]),
    ["fetch.recurseSubmodules", "false"],
    ["gc.auto", "0"],
  ];
  if (token !== undefined)
    settings.push([
      `http.${new URL(url).origin}/.extraHeader`,
      `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`,
    ]);
  return {
    PATH,
    HOME: cwd,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/false",
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  };
}

function start({ options, cwd }: GitRun, args: readonly string[], signal: AbortSignal): ChildProcess {
  return spawn("git", ["--git-dir", cwd, ...args], {
    cwd,
    env: environmentOf(options, cwd),
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.any([signal, AbortSignal.timeout(RUN_MS_MAX)]),
    killSignal: "SIGKILL",
  });
}

/** What it printed. Throws `SourceProblem` with git's own words, without the address, where it fails. */
export async function runGit(run: GitRun, args: readonly string[], signal: AbortSignal): Promise<string>;
export async function runGit(run: GitRun, args: readonly string[], signal: AbortSignal, as: "bytes"): Promise<Uint8Array>;
export async function runGit(run: GitRun, args: readonly string[], signal: AbortSignal, as?: "bytes"): Promise<string | Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of outputOf(run, args, signal)) pieces.push(piece);
  const all = Buffer.concat(pieces);
  return as === "bytes" ? new Uint8Array(all) : all.toString("utf8");
}

/** Pieces of what it prints that end in a zero byte. */
export async function* streamGit(run: GitRun, args: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of outputOf(run, args, signal)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\0");
    rest = lines.pop() ?? "";
    if (rest.length > LINE_CHARS_MAX) throw new SourceProblem("git listed a path that is longer than any can be.");
    yield* lines;
  }
}

async function* outputOf(run: GitRun, args: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer> {
  signal.throwIfAborted();
  const child = start(run, args, signal);
  let complaint = "";
  let total = 0;
  child.stderr?.on("data", (text: Buffer) => (complaint = (complaint + text.toString("utf8")).slice(-COMPLAINT_CHARS_MAX)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  ended.catch(() => undefined);
  try {
    for await (const piece of child.stdout ?? []) {
      if (!(piece instanceof Buffer)) continue;
      total += piece.length;
      if (total > OUTPUT_BYTES_MAX) throw new SourceProblem("git printed more than an object can be.");
      yield piece;
    }
    const code = await ended;
    if (code !== 0) throw new SourceProblem(`git ${args[0] ?? ""} failed: ${tidyComplaint(complaint, run.options.url)}`);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error !== null && typeof error === "object" && "code" in error && error.code === "ENOENT")
      throw new SourceProblem("There is no program `git` on this machine.");
    throw error;
  } finally {
    child.kill("SIGKILL");
  }
}

/** The last line that says something; the address may hold what nobody is to read. */
const tidyComplaint = (complaint: string, url: string): string =>
  (complaint.trim().split("\n").at(-1) ?? "").replaceAll(url, "the repository").replaceAll(/https?:\/\/\S+/g, "the repository") ||
  "it said nothing";
