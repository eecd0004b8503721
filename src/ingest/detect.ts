export type Kind = "markdown" | "html" | "text";

/** Why a file cannot be indexed. The codes are OpenAI's for `last_error` of a vector store's file. */
export type Refusal = { readonly code: "unsupported_file" | "invalid_file" | "server_error"; readonly message: string };

export type Detected =
  | { readonly ok: true; readonly kind: Kind; readonly text: string }
  | { readonly ok: false; readonly refusal: Refusal };

const KINDS: Readonly<Record<string, Kind>> = {
  md: "markdown",
  markdown: "markdown",
  mdown: "markdown",
  html: "html",
  htm: "html",
  xhtml: "html",
  txt: "text",
  text: "text",
};

/** How known binary formats begin. */
const SIGNATURES: readonly (readonly [name: string, begin: readonly number[]])[] = [
  ["a PDF", [0x25, 0x50, 0x44, 0x46]],
  ["a ZIP archive (or an Office document)", [0x50, 0x4b, 0x03, 0x04]],
  ["an old Office document", [0xd0, 0xcf, 0x11, 0xe0]],
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["compressed data", [0x1f, 0x8b]],
];

const SUPPORTED = "Markdown (.md), HTML (.html) and plain text (.txt) can be indexed";

/** What a file is, by its name and by what it holds; what it holds counts more. */
export function detect(filename: string, bytes: Uint8Array): Detected {
  const known = SIGNATURES.find(([, begin]) => begin.every((byte, at) => bytes[at] === byte));
  if (known !== undefined) return refuse("unsupported_file", `The file is ${known[0]}. ${SUPPORTED}.`);
  const extension = extensionOf(filename);
  const kind = extension === "" ? "text" : KINDS[extension];
  if (kind === undefined) return refuse("unsupported_file", `Files ending in .${extension} are not supported. ${SUPPORTED}.`);
  const text = decode(bytes);
  if (text === undefined) return refuse("invalid_file", "The file is not valid UTF-8 text.");
  if (text.includes("\0")) return refuse("invalid_file", "The file holds NUL characters, so it is not text.");
  if (text.trim() === "") return refuse("invalid_file", "The file is empty.");
  return { ok: true, kind: looksLikeHtml(text) ? "html" : kind, text };
}

/** Only a plain ending counts as a type: `notes.v2` and `README` are text, and nobody's file name ends in a sentence. */
function extensionOf(filename: string): string {
  const name = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
  return /.\.([a-z][a-z0-9]{0,9})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const looksLikeHtml = (text: string): boolean =>
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype\s+html|html)[\s>]/i.test(text.slice(0, 4096));

const refuse = (code: Refusal["code"], message: string): Detected => ({ ok: false, refusal: { code, message } });
