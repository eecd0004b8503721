import { makeId } from "./store.ts";
import type { Picture } from "./types.ts";

/** Kinds that models read. A drawing that can hold script (SVG) is none of them. */
export const PICTURE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
/** As text in the request a picture is a third larger, and a request may have 20 MB. */
const PICTURE_BYTES_MAX = 5 * 1024 * 1024;
export const PICTURES_MAX = 8;

export const isPicture = (file: File): boolean =>
  PICTURE_TYPES.some((type) => type === file.type) && file.size > 0 && file.size <= PICTURE_BYTES_MAX;

/** A file as the address that a request can hold. */
export function readPicture(file: File): Promise<Picture> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () =>
      resolve({ id: makeId(), name: file.name, url: typeof reader.result === "string" ? reader.result : "" }),
    );
    reader.addEventListener("error", () => reject(reader.error ?? new Error(file.name)));
    reader.readAsDataURL(file);
  });
}
