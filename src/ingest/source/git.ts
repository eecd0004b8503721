import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DocumentProblem, SourceProblem, type Connector, type SourceEntry } from "./connector.ts";
import { runGit, streamGit, type GitRun } from "./git-run.ts";

export type GitOptions = {
  /** https, http or ssh; what else `protocols` says. */
  readonly url: string;
  readonly branch: string;
  /** Empty, or a folder of the repository that ends in `/`: keys begin behind it. */
  readonly folder: string;
  /** Sent to the server of `url` alone; undefined: none. */
  readonly token: string | undefined;
  /** A folder of the data folder, for this source alone. */
  readonly mirror: string;
  readonly protocols?: string | undefined;
};

const COMMIT = /^[0-9a-f]{40,64}$/;
/** Of `ls-tree -l`: mode, type, object, size, path. */
const TREE_LINE = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t([^]*)$/;
const LINK = "120000";

/**
 * A branch of a Git repository, by the program `git`. A bare and shallow copy: nothing is checked out, so no hook, filter or link of the repository
 * ever runs or leads anywhere. Documents are known by the ids of their blobs, the run by the commit: where that is the same, nothing is listed.
 */
export function createGitConnector(options: GitOptions): Connector {
  const { mirror, branch, folder } = options;
  const run: GitRun = { options, cwd: mirror };

  async function fetchHead(signal: AbortSignal): Promise<string> {
    if ((await stat(join(mirror, "HEAD")).catch(() => undefined)) === undefined) {
      await rm(mirror, { recursive: true, force: true });
      await mkdir(mirror, { recursive: true, mode: 0o700 });
      await runGit(run, ["init", "--quiet", "--bare"], signal);
    }
    await runGit(
      run,
      ["fetch", "--quiet", "--depth", "1", "--no-tags", "--force", "--", options.url, `+refs/heads/${branch}:refs/heads/weir`],
      signal,
    );
    const head = (await runGit(run, ["rev-parse", "--verify", "refs/heads/weir^{commit}"], signal)).trim();
    if (!COMMIT.test(head)) throw new SourceProblem(`The branch ${branch} has no commit.`);
    return head;
  }

  async function* readTree(commit: string, signal: AbortSignal): AsyncGenerator<SourceEntry> {
    const where = folder === "" ? [] : ["--", folder];
    for await (const line of streamGit(run, ["ls-tree", "-r", "-z", "-l", "--full-tree", commit, ...where], signal)) {
      const [, mode, type, object, size, path] = TREE_LINE.exec(line) ?? [];
      if (path === undefined || object === undefined || !path.startsWith(folder)) continue;
      const key = path.slice(folder.length);
      if (mode === LINK) yield { kind: "refused", key, why: "It is a link, and links are not followed." };
      else if (type !== "blob") yield { kind: "refused", key, why: "It is a repository in the repository, which is not read." };
      else yield { kind: "item", key, etag: object, bytes: Number(size) };
    }
  }

  return {
    async list(since, signal) {
      const commit = await fetchHead(signal);
      return commit === since ? { kind: "same" } : { kind: "all", entries: readTree(commit, signal), cursor: commit };
    },
    async read({ etag }, bytesMax, signal) {
      if (!COMMIT.test(etag)) return undefined;
      const size = Number(await runGit(run, ["cat-file", "-s", etag], signal));
      if (size > bytesMax) throw new DocumentProblem(`It is longer than ${bytesMax} bytes.`);
      return await runGit(run, ["cat-file", "blob", etag], signal, "bytes");
    },
  };
}
