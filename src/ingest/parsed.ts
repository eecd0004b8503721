import type { Extracted } from "./extracted.ts";
import type { Kind } from "../domain/file-kind.ts";
import type { Refusal } from "./refusal.ts";

/** The text of a file, or why there is none. */
export type Parsed =
  | (Extracted & {
      readonly ok: true;
      readonly kind: Kind;
      /** What the document calls itself, or the name of the file. */
      readonly title: string;
      readonly isUntitled: boolean;
    })
  | { readonly ok: false; readonly refusal: Refusal };
