import { getDocument, OPS } from "unpdf/pdfjs";
import { Unreadable } from "./refusal.ts";

/** The longest books and filings have some thousands; each page costs some milliseconds however empty it is. */
export const PAGES_MAX = 5000;

/** pdf.js keeps fonts and objects of the pages it has read; making them again costs little at this distance. */
const CLEAN_EVERY_PAGES = 100;

/** Only what is needed of pdf.js, narrower than its own types. */
export type PdfItem = { readonly str: string; readonly dir: string; readonly width: number; readonly transform: readonly number[] };
export type PdfPage = { readonly items: readonly PdfItem[]; readonly view: readonly number[] };
export type PdfDocument = {
  readonly pageCount: number;
  readonly title: string | undefined;
  /** From 1. Throws Unreadable. */
  readPage(no: number): Promise<PdfPage>;
  /** Whether a page shows a picture: it is decoded for that, so only a few are asked for. From 1. */
  hasPicture(no: number): Promise<boolean>;
  /** A font's characters could not be told, for want of a table that is not built in. */
  readonly missingTable: () => boolean;
  close(): Promise<void>;
};

/** Opens a PDF for its text only: nothing is drawn, fetched or run. Takes the bytes for itself. Throws Unreadable. */
export async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  let missing = false;
  class NoFiles {
    fetch({ kind }: { readonly kind: string }): Promise<never> {
      missing ||= kind === "cMapUrl";
      return Promise.reject(new Error("Nothing is fetched."));
    }
  }
  const task = getDocument({
    data: bytes,
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    enableXfa: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    useWasm: false,
    BinaryDataFactory: NoFiles,
  });
  const document = await task.promise.catch((error: unknown) => {
    throw toUnreadable(error);
  });
  const pageCount = document.numPages;
  if (pageCount < 1) throw new Unreadable("The PDF has no pages.");
  if (pageCount > PAGES_MAX) throw new Unreadable(`The PDF has ${pageCount} pages; at most ${PAGES_MAX} are read. Split it.`);
  return {
    pageCount,
    title: await readTitle(document),
    missingTable: () => missing,
    async readPage(no) {
      try {
        const page = await document.getPage(no);
        const { items } = await page.getTextContent();
        const view = page.getViewport({ scale: 1 }).transform as readonly number[];
        page.cleanup();
        if (no % CLEAN_EVERY_PAGES === 0) await document.cleanup();
        return { view, items: items.filter((item) => "str" in item) };
      } catch (error) {
        if (isEncrypted(error)) throw encrypted();
        throw new Unreadable(`The PDF is damaged: page ${no} of ${pageCount} cannot be read.`);
      }
    },
    async hasPicture(no) {
      const page = await document.getPage(no);
      const { fnArray } = await page.getOperatorList();
      page.cleanup();
      return fnArray.some((drawn) => PICTURES.has(drawn));
    },
    close: () => task.destroy(),
  };
}

const PICTURES: ReadonlySet<number> = new Set([OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject]);

async function readTitle(document: { getMetadata(): Promise<{ info: object }> }): Promise<string | undefined> {
  const info = await document.getMetadata().then(
    (found) => found.info as { readonly Title?: unknown },
    () => undefined,
  );
  const title = typeof info?.Title === "string" ? info.Title.replace(/\s+/g, " ").trim() : "";
  // Programs put the name of a file here, or nothing that names the document.
  return title === "" || title.includes("\\") || /^(?:untitled|microsoft \w+ - )|\.(?:docx?|pdf|indd|tex|rtf|odt)$/i.test(title)
    ? undefined
    : title;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");
const isEncrypted = (error: unknown): boolean => nameOf(error) === "PasswordException";
const encrypted = (): Unreadable => new Unreadable("The PDF is encrypted. Upload it without a password.");

function toUnreadable(error: unknown): Unreadable {
  if (isEncrypted(error)) return encrypted();
  if (/encrypt|crypt filter|cipher/i.test(error instanceof Error ? error.message : ""))
    return new Unreadable("The PDF is encrypted in a way that cannot be read. Upload it without encryption.");
  return new Unreadable("The PDF is damaged or cut off: it cannot be opened.");
}
