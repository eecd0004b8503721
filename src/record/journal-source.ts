import type { ProcessId } from "../kernel/ids.ts";
import type { JournalDisk } from "./journal-disk.ts";
import { comparePositions } from "./journal-line.ts";
import type { JournalLog } from "./journal-log.ts";
import { createJournalCursor } from "./journal-cursor.ts";
import type { JournalTail } from "./journal-tail.ts";
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
  const cursor = createJournalCursor(log.folder);
  return {
    processId,
    get end() {
      return log.end;
    },
    async next(from, max) {
      const taken = tail.take(from, max);
      if (taken !== undefined) {
        cursor.close();
        return taken;
      }
      const { end } = log;
      if (tail.from === undefined && end.file === from.file && end.offset - from.offset <= NEAR_BYTES) tail.begin(end);
      // Inside the tail but at none of its borders the files are right too: a place that is not found must not stop the shipping.
      const until = tail.from !== undefined && comparePositions(from, tail.from) < 0 ? tail.from : end;
      return cursor.read(from, until, max);
    },
    shipped(to) {
      tail.drop(to);
      log.dropBefore(to.file);
    },
    find: (matches) => tail.find(matches),
    discard() {
      cursor.close();
      log.close();
      disk.remove(log.folder);
    },
  };
}
