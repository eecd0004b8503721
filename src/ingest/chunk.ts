import { DEFAULT_CHUNKING } from "../domain/collection.ts";
import type { Chunking } from "../domain/collection.ts";
import { assertNever } from "../kernel/assert-never.ts";
import { cutFixed } from "./chunk/fixed.ts";
import { cutParentsAndChildren } from "./chunk/parent-child.ts";
import { cutBySentence } from "./chunk/sentence.ts";
import type { Chunk } from "./chunk/span.ts";
import { cutByStructure } from "./chunk/structural.ts";
import { cutWindows } from "./chunk/window.ts";

export type { Chunk } from "./chunk/span.ts";

/** Cuts a text as its collection's owner chose. In time that grows with the text. */
export function chunk(text: string, chunking: Chunking = DEFAULT_CHUNKING): readonly Chunk[] {
  switch (chunking.strategy) {
    case "fixed":
      return cutFixed(text, chunking);
    case "sentence":
      return cutBySentence(text, chunking);
    case "window":
      return cutWindows(text, chunking);
    case "parent-child":
      return cutParentsAndChildren(text, chunking);
    case "structural":
      return cutByStructure(text, chunking);
    default:
      return assertNever(chunking);
  }
}
