import { close, fdatasync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import { join } from "node:path";

/** One file that grows at its end. */
export type LogFile = {
  /** All of `bytes` at that offset, or throws. */
  write(bytes: Uint8Array, at: number): void;
  /** Resolves when the machine may lose power. */
  sync(): Promise<void>;
  truncate(at: number): void;
  close(): void;
};

/** The disk as the journal sees it; tests hand in one that fills up. */
export type JournalDisk = {
  makeFolder(path: string): void;
  createFile(path: string): LogFile;
  /** Whole folders too; nothing where there is nothing. */
  remove(path: string): void;
  /** Into a folder that is made where it is missing, under that name. */
  move(path: string, folder: string, name: string): void;
  /** Throws where the folder has no room for `bytes`. */
  checkRoom(folder: string, bytes: number): void;
};

const syncFile = promisify(fdatasync);

/** Owner only: the journal says who called what and when. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export const nodeDisk: JournalDisk = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true, mode: FOLDER_MODE }),
  createFile(path) {
    const fd = openSync(path, "wx", FILE_MODE);
    let open = true;
    return {
      write(bytes, at) {
        if (!open) throw new Error("the file is closed");
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
      },
      sync: () => syncFile(fd),
      truncate: (at) => ftruncateSync(fd, at),
      close() {
        // The number may belong to another file by now: neither writing nor closing may reach it.
        if (open) close(fd, () => undefined);
        open = false;
      },
    };
  },
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  move(path, folder, name) {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    renameSync(path, join(folder, name));
  },
  checkRoom(folder, bytes) {
    const path = join(folder, "room");
    try {
      writeFileSync(path, new Uint8Array(bytes), { mode: FILE_MODE });
    } finally {
      rmSync(path, { force: true });
    }
  },
};
