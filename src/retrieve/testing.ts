import type { Passage } from "../domain/chat.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";

/** For tests: a passage with only what matters named. */
export function testPassage(of: Partial<Passage> & { readonly text: string }): Passage {
  return {
    chunkId: "file_x#1",
    fileId: fileIds.make(1),
    filename: "handbook.md",
    title: "Handbook",
    collectionId: collectionIds.make(1),
    collectionName: "handbook",
    headings: [],
    start: 0,
    end: of.text.length,
    score: 1,
    ...of,
  };
}
