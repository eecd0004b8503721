import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import { Unreadable } from "./refusal.ts";
import { ENTRIES_MAX, UNPACKED_BYTES_MAX } from "./zip.ts";

/** An archive in a mail in an archive is seen; more is made to be unpacked. */
export const NEST_DEPTH_MAX = 3;
/** As much text as a text file may hold: some formats say a thing once and show it a thousand times. */
export const TEXT_CHARS_MAX = FILE_BYTES_MAX / 2;

/** What one uploaded file may still unpack to, over all that is packed in it. */
export type Nest = {
  readonly depth: number;
  /** One level deeper, on the same account. Throws Unreadable. */
  deeper(): Nest;
  /** A file in it of so many bytes. Throws Unreadable. */
  takeFile(bytes: number): void;
  /** Text that came out of it. Throws Unreadable. */
  takeText(chars: number): void;
};

export function createNest(): Nest {
  let files = 0;
  let bytes = 0;
  let chars = 0;
  const at = (depth: number): Nest => ({
    depth,
    deeper() {
      if (depth >= NEST_DEPTH_MAX) throw new Unreadable(`The file has archives in archives, more than ${NEST_DEPTH_MAX} levels deep.`);
      return at(depth + 1);
    },
    takeFile(size) {
      files += 1;
      bytes += size;
      if (files > ENTRIES_MAX) throw new Unreadable(`The file holds more than ${ENTRIES_MAX} files.`);
      if (bytes > UNPACKED_BYTES_MAX)
        throw new Unreadable("The file unpacks to far more than documents hold, so it was not unpacked further.");
    },
    takeText(length) {
      chars += length;
      if (chars > TEXT_CHARS_MAX) throw tooMuchText();
    },
  });
  return at(0);
}

export const tooMuchText = (): Unreadable => new Unreadable(`The file holds more than ${TEXT_CHARS_MAX} characters of text. Split it.`);
