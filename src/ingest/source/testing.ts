import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Connector } from "./connector.ts";
import { createFolderConnector } from "./folder.ts";
import { createGitConnector } from "./git.ts";
import { createS3Connector } from "./s3.ts";

/** For tests: a real place that documents are put into, and a connector to it. */
export type Place = {
  readonly connector: Connector;
  /** A connector of another process, which remembers nothing. */
  again(): Connector;
  put(key: string, text: string): void;
  remove(key: string): void;
  move(from: string, to: string): void;
  /** What was put and removed since is there from now on. */
  publish(): void;
  /** A link; false where the place knows none. */
  link(key: string, to: string): boolean;
  close(): Promise<void>;
};

export async function openFolderPlace(): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), "weir-source-"));
  const again = (): Connector => createFolderConnector({ path: root });
  return {
    ...filesIn(root),
    connector: again(),
    again,
    publish: () => undefined,
    close: () => Promise.resolve(rmSync(root, { recursive: true })),
  };
}

function filesIn(root: string): Pick<Place, "put" | "remove" | "move" | "link"> {
  const at = (key: string): string => {
    mkdirSync(dirname(join(root, key)), { recursive: true });
    return join(root, key);
  };
  return {
    put: (key, text) => writeFileSync(at(key), text),
    remove: (key) => rmSync(at(key)),
    move: (from, to) => renameSync(at(from), at(to)),
    link(key, to) {
      symlinkSync(to, at(key));
      return true;
    },
  };
}

/** A repository behind git's own HTTP server, `git http-backend`, which a token opens. */
export async function openGitPlace(): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), "weir-git-"));
  const work = join(root, "work");
  const git = (...args: string[]): void =>
    void execFileSync("git", ["-C", work, "-c", "user.name=t", "-c", "user.email=t@t.test", ...args], { stdio: "ignore" });
  mkdirSync(work);
  git("init", "-q", "-b", "main");
  git("commit", "-q", "--allow-empty", "-m", "first");
  const token = "git-token-0123456789";
  const server = createServer((request, response) => {
    const basic = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    if (request.headers.authorization !== basic) {
      response.writeHead(401).end();
      return;
    }
    const url = new URL(request.url ?? "/", "http://git.test");
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env["PATH"] ?? "",
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? "GET",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      },
    });
    request.pipe(backend.stdin);
    const pieces: Buffer[] = [];
    backend.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    backend.once("close", () => {
      const all = Buffer.concat(pieces);
      const cut = all.indexOf("\r\n\r\n");
      const heads = all.subarray(0, cut).toString("latin1").split("\r\n");
      const status = heads.find((line) => line.startsWith("Status:"))?.slice(8, 11) ?? "200";
      for (const line of heads) if (!line.startsWith("Status:")) response.setHeader(...(line.split(/: (.*)/, 2) as [string, string]));
      response.writeHead(Number(status)).end(all.subarray(cut + 4));
    });
  });
  const port = await listen(server);
  let mirrors = 0;
  const options = { url: `http://127.0.0.1:${port}/work/.git`, branch: "main", folder: "", token };
  const again = (): Connector => createGitConnector({ ...options, mirror: join(root, `mirror-${++mirrors}`) });
  return {
    ...filesIn(work),
    connector: again(),
    again,
    publish() {
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", "next");
    },
    async close() {
      server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const CREDENTIALS = { region: "us-east-1", accessKeyId: "reader", secretAccessKey: "secret" };

/** What a server of S3's protocol answers to listing (three keys a page) and reading. `test/services/sources.test.ts` asks a real one. */
export async function openS3Place(): Promise<Place> {
  const objects = new Map<string, string>();
  const etagOf = (text: string): string => String(Bun.hash(text));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://s3.test");
    if (!String(request.headers.authorization).startsWith("AWS4-HMAC-SHA256 Credential=reader/")) return void response.writeHead(403).end();
    const key = decodeURIComponent(url.pathname.slice("/papers/".length));
    if (key !== "") {
      const text = objects.get(key);
      if (text === undefined) return void response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
      return void response.end(text);
    }
    const after = url.searchParams.get("continuation-token") ?? "";
    const keys = [...objects.keys()].filter((name) => name.startsWith(url.searchParams.get("prefix") ?? "") && name > after).toSorted();
    const page = keys.slice(0, 3);
    const entries = page.map((name) => {
      const text = objects.get(name) ?? "";
      const encoded = name.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      return `<Contents><Key>${encoded}</Key><Size>${Buffer.byteLength(text)}</Size><ETag>&quot;${etagOf(text)}&quot;</ETag></Contents>`;
    });
    const more = keys.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1) ?? ""}</NextContinuationToken>` : "";
    response.end(`<ListBucketResult><IsTruncated>${String(more)}</IsTruncated>${next}${entries.join("")}</ListBucketResult>`);
  });
  const port = await listen(server);
  const again = (): Connector =>
    createS3Connector(
      { fetch, nowMs: Date.now, wait: () => Promise.resolve() },
      { ...CREDENTIALS, bucket: "papers", endpoint: `http://127.0.0.1:${port}`, prefix: "in/" },
    );
  return {
    connector: again(),
    again,
    put: (key, text) => void objects.set(`in/${key}`, text),
    remove: (key) => void objects.delete(`in/${key}`),
    move(from, to) {
      objects.set(`in/${to}`, objects.get(`in/${from}`) ?? "");
      objects.delete(`in/${from}`);
    },
    publish: () => undefined,
    link: () => false,
    close: () => Promise.resolve(void server.close()),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
