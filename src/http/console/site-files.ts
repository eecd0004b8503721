import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Smaller bodies in other words, by the name of the coding; best first. */
const CODINGS = [
  ["br", ".br"],
  ["gzip", ".gz"],
] as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

export type SiteFile = {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, packed when the site was built. */
  readonly packed: Readonly<Partial<Record<"br" | "gzip", Uint8Array<ArrayBuffer>>>>;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly immutable: boolean;
};
/** Every file of the built site by its path, such as `assets/main-1a2b3c4d.js`: what is not in it does not exist, however it is asked for. */
export type Site = ReadonlyMap<string, SiteFile>;

export const INDEX = "index.html";

/** Reads a folder that Vite built. undefined: it is not built. */
export async function readSite(folder: string): Promise<Site | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const site = new Map<string, SiteFile>();
  for (const path of paths.map((each) => each.replaceAll("\\", "/"))) {
    const type = TYPES[extname(path)];
    if (type !== undefined) site.set(path, await readSiteFile(folder, path, type));
  }
  return site.has(INDEX) ? site : undefined;
}

async function readSiteFile(folder: string, path: string, type: string): Promise<SiteFile> {
  const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(join(folder, name)));
  const bytes = await read(path);
  const packed: Partial<Record<"br" | "gzip", Uint8Array<ArrayBuffer>>> = {};
  for (const [coding, ending] of CODINGS) {
    const smaller = await read(`${path}${ending}`).catch(() => undefined);
    if (smaller !== undefined) packed[coding] = smaller;
  }
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { type, etag, bytes, packed, immutable: path.startsWith("assets/") };
}

/** The best coding that the client takes and the file has. A client that gives weights is served plainly where it refuses (`q=0`). */
export function chooseCoding(file: SiteFile, accepted: string | null): "br" | "gzip" | undefined {
  const words = new Set(
    (accepted ?? "")
      .split(",")
      .filter((each) => !/;\s*q=0(?:\.0*)?\s*$/.test(each))
      .map((each) => each.split(";")[0]?.trim().toLowerCase()),
  );
  return CODINGS.find(([coding]) => words.has(coding) && file.packed[coding] !== undefined)?.[0];
}
