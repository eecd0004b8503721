import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileName, findFileNumber, type ParsedLine, parseLine, type Position } from "./journal-line.ts";

export type JournalRecord = {
  /** Where the next record begins. */
  readonly end: Position;
  /** undefined: the bytes are no record. */
  readonly line: ParsedLine | undefined;
  /** Why it is not to be trusted as it stands: its bytes changed, or what came before it is not what it says. */
  readonly damage: "unreadable" | "changed" | "unchained" | undefined;
};

const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 10;

/** The numbers of the files in a journal's folder, in order. */
export async function listFiles(folder: string): Promise<readonly number[]> {
  const numbers = (await readdir(folder)).map(findFileNumber).filter((number) => number !== undefined);
  return numbers.toSorted((a, b) => a - b);
}

/**
 * Records from a place on, over all files that follow, each checked against its hash and the one before it. Bytes after the last
 * whole line of the last file are a write that the process did not live to finish: nobody was told of it, and it is passed over.
 */
export async function* readJournal(folder: string, from: Position): AsyncGenerator<JournalRecord, void> {
  const files = (await listFiles(folder)).filter((file) => file >= from.file);
  let prev: string | undefined;
  for (const file of files) {
    const isLast = file === files.at(-1);
    for await (const { text, end } of readLines(join(folder, fileName(file)), file === from.file ? from.offset : 0)) {
      if (text === undefined && isLast) return;
      const line = text === undefined ? undefined : parseLine(text);
      const damage = damageOf(line, prev);
      // A changed record still names itself in the next one's `prev`; after bytes that are no record the chain starts anew.
      prev = line?.hash;
      yield { end: { file, offset: end }, line, damage };
    }
  }
}

function damageOf(line: ParsedLine | undefined, prev: string | undefined): JournalRecord["damage"] {
  if (line === undefined) return "unreadable";
  if (!line.whole) return "changed";
  return prev !== undefined && line.prev !== prev ? "unchained" : undefined;
}

/** Whole lines without their ends; `text` undefined for what follows the last one. `end` counts bytes from the file's start. */
async function* readLines(path: string, start: number): AsyncGenerator<{ text: string | undefined; end: number }, void> {
  const handle = await open(path, "r");
  try {
    let held: Buffer = Buffer.alloc(0);
    let at = start;
    for (let block = await readBlock(handle, at); block.length > 0; block = await readBlock(handle, at + held.length)) {
      held = held.length === 0 ? block : Buffer.concat([held, block]);
      let begin = 0;
      for (let newline = held.indexOf(NEWLINE); newline >= 0; newline = held.indexOf(NEWLINE, begin)) {
        const end = at + newline + 1;
        yield { text: held.toString("utf8", begin, newline), end };
        begin = newline + 1;
      }
      held = held.subarray(begin);
      at += begin;
    }
    if (held.length > 0) yield { text: undefined, end: at + held.length };
  } finally {
    await handle.close();
  }
}

async function readBlock(handle: FileHandle, at: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(BLOCK_BYTES), 0, BLOCK_BYTES, at);
  return buffer.subarray(0, bytesRead);
}
