import { gunzipSync } from "node:zlib";
import { isTar, readTar } from "./tar.ts";
import type { Extracted } from "./extracted.ts";
import { baseName } from "../domain/file-kind.ts";
import type { Nest } from "./nest.ts";
import type { Parsed } from "./parsed.ts";
import { Unreadable } from "./refusal.ts";
import { composeSections } from "./sections.ts";
import type { Section } from "./sections.ts";
import { openZip, PART_BYTES_MAX, RATIO_MAX } from "./zip.ts";

/** Reads a file that was inside of another. */
export type ParseInner = (filename: string, bytes: Uint8Array, nest: Nest) => Promise<Parsed>;

/** Told in a refusal; whoever has more mends these first. */
const TOLD_MAX = 5;
/** Small files may shrink more: they cannot hurt. */
const RATIO_FROM_BYTES = 1024 * 1024;

type Entry = { readonly name: string; read(): Uint8Array };

/** The files of an archive as sections of one document. Throws Unreadable. */
export async function parseZip(bytes: Uint8Array, nest: Nest, inner: ParseInner): Promise<Extracted> {
  const zip = openZip(bytes);
  const entries = [...zip.names]
    .filter((name) => !zip.links.has(name))
    .map((name) => ({ name, read: () => zip.read(name) ?? new Uint8Array() }));
  return await parseEntries(entries, nest, inner);
}

export async function parseTar(bytes: Uint8Array, nest: Nest, inner: ParseInner): Promise<Extracted> {
  const entries = readTar(bytes).map(({ name, bytes: body }) => ({ name: name.replace(/^(?:\.\/)+/, ""), read: () => body }));
  for (const { name } of entries) refuseOutside(name);
  return await parseEntries(entries, nest, inner);
}

/** One compressed file, or an archive of many. */
export async function parseGzip(filename: string, bytes: Uint8Array, nest: Nest, inner: ParseInner): Promise<Extracted> {
  const unpacked = gunzip(bytes);
  nest.takeFile(unpacked.length);
  const name = baseName(filename)
    .replace(/\.gz$/i, "")
    .replace(/\.tgz$/i, ".tar");
  const parsed = await inner(isTar(unpacked) ? `${name.replace(/\.tar$/i, "")}.tar` : name, new Uint8Array(unpacked), nest.deeper());
  if (!parsed.ok) throw new Unreadable(parsed.refusal.message, parsed.refusal.code);
  return parsed;
}

function gunzip(bytes: Uint8Array): Uint8Array {
  const most = Math.min(PART_BYTES_MAX, Math.max(RATIO_FROM_BYTES, bytes.length * RATIO_MAX));
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    const isLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw new Unreadable(
      isLarge
        ? "The file unpacks to far more than a document holds, so it was not unpacked."
        : "The file is damaged or cut off: it cannot be unpacked.",
    );
  }
}

async function parseEntries(entries: readonly Entry[], nest: Nest, inner: ParseInner): Promise<Extracted> {
  const below = nest.deeper();
  const sections: Section[] = [];
  const failed: string[] = [];
  let passedOver = 0;
  for (const { name, read } of seenOf(entries)) {
    // Its own copy: readers take the bytes for themselves.
    const bytes = new Uint8Array(read());
    below.takeFile(bytes.length);
    // Repositories are full of files that only have to be there.
    if (bytes.length === 0) continue;
    const parsed = await inner(name, bytes, below);
    if (parsed.ok) sections.push({ ...parsed, name });
    else if (parsed.refusal.code === "unsupported_file") passedOver += 1;
    else failed.push(`${name}: ${parsed.refusal.message}`);
  }
  if (failed.length > 0) throw new Unreadable(tellFailed(failed));
  if (sections.length === 0)
    throw new Unreadable(
      `The archive holds nothing that can be read${passedOver === 0 ? "" : `: ${passedOver} files are of other kinds`}.`,
    );
  return { title: undefined, ...composeSections(sections) };
}

/** Each by its name: it is the archive that was uploaded, and one file in it that is to be mended. */
function tellFailed(failed: readonly string[]): string {
  const more = failed.length - TOLD_MAX;
  return `${failed.length} of the archive's files cannot be read. ${failed.slice(0, TOLD_MAX).join(" ")}${more > 0 ? ` And ${more} more.` : ""}`;
}

/** In the order of their names: the same files make the same document, however they were packed. */
const seenOf = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter((entry) => !isHidden(entry.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Folders, and what nobody put there on purpose: the same that is passed over in a folder on a disk. */
const isHidden = (name: string): boolean =>
  name.endsWith("/") ||
  name.split("/").some((part) => part.startsWith(".") || part === "node_modules" || part === "__MACOSX" || part === "Thumbs.db");

function refuseOutside(name: string): void {
  if (name.startsWith("/") || /[\\\0]|^[a-z]:|(?:^|\/)\.\.(?:\/|$)/i.test(name))
    throw new Unreadable("The file names a part outside itself. No document does.");
}
