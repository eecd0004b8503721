import type { ProcessId } from "../kernel/ids.ts";
import type { JournalDisk } from "./journal-disk.ts";
import { comparePositions, type Position } from "./journal-line.ts";
import type { JournalLog } from "./journal-log.ts";
import { readJournal } from "./journal-reader.ts";
import type { JournalTail, ShipBatch, ShipEvent } from "./journal-tail.ts";
import type { ShipSource } from "./ship-source.ts";

/** When the disk holds no more than this unread, the tail begins anew: it then gathers what comes while the rest is read. */
const NEAR_BYTES = 2 * 1024 * 1024;

type Deps = {
  readonly disk: JournalDisk;
  readonly log: JournalLog;
  readonly tail: JournalTail;
  readonly processId: ProcessId;
};

/** This process's own journal: from memory as long as the shipper keeps up, else from the files. */
export function createJournalSource({ disk, log, tail, processId }: Deps): ShipSource {
  return {
    processId,
    get end() {
      return log.end;
    },
    async next(from, max) {
      const taken = tail.take(from, max);
      if (taken !== undefined) return taken;
      const { end } = log;
      if (tail.from === undefined && end.file === from.file && end.offset - from.offset <= NEAR_BYTES) tail.begin(end);
      // Inside the tail but at none of its borders the files are right too: a place that is not found must not stop the shipping.
      const until = tail.from !== undefined && comparePositions(from, tail.from) < 0 ? tail.from : end;
      return await readEvents(log.folder, from, until, max);
    },
    shipped(to) {
      tail.drop(to);
      log.dropBefore(to.file);
    },
    find: (matches) => tail.find(matches),
    discard() {
      log.close();
      disk.remove(log.folder);
    },
  };
}

async function readEvents(folder: string, from: Position, until: Position, max: number): Promise<ShipBatch | undefined> {
  if (comparePositions(from, until) >= 0) return undefined;
  const events: ShipEvent[] = [];
  let to = from;
  for await (const { line, damage, end } of readJournal(folder, from)) {
    to = end;
    if (line?.kind === "e") events.push({ hash: line.hash, body: line.body, suspect: damage !== undefined });
    if (events.length >= max || comparePositions(end, until) >= 0) break;
  }
  return { events, to };
}
