import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

export type FileWatch = {
  start(): Promise<void>;
  /** Looks now. */ look(): Promise<void>;
  /** Somebody reads the files now: only what changes from here on is news. */ note(): Promise<void>;
  stop(): void;
};

/** Often enough for people, seldom enough to cost nothing. */
const LOOK_EVERY_MS = 2_000;

/**
 * Tells when the content of files has changed. They are read, not watched: editors and Kubernetes put another file under the name, which a
 * watch of the old one does not see. A file that is gone for a moment is being replaced, and is no change.
 */
export function createFileWatch(files: () => readonly string[], changed: () => Promise<void>): FileWatch {
  const digests = new Map<string, string>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let busy = false;

  const readChanges = async (): Promise<boolean> => {
    let any = false;
    for (const file of files()) {
      const bytes = await readFile(file).catch(() => undefined);
      if (bytes === undefined) continue;
      const digest = createHash("sha256").update(bytes).digest("hex");
      const known = digests.get(file);
      digests.set(file, digest);
      if (known !== undefined && known !== digest) any = true;
    }
    return any;
  };
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      if (await readChanges()) await changed();
    } finally {
      busy = false;
    }
  };
  return {
    look,
    note: async () => void (await readChanges()),
    async start() {
      await readChanges();
      timer = setInterval(() => void look(), LOOK_EVERY_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
