import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { events } from "../../api/sse.ts";
import { storePath, type Collection, type ProgressEvent } from "./types.ts";

type FileProgress = Extract<ProgressEvent, { object: "vector_store.file.progress" }>;
export type Progress = {
  /** By file id, as far as they are on their way. */
  readonly files: ReadonlyMap<string, FileProgress>;
  readonly lagSeconds: number;
  /** False while nothing is heard: lists are looked at now and then instead. */
  readonly live: boolean;
};

const NOTHING: Progress = { files: new Map(), lagSeconds: 0, live: false };
/** After the stream broke. */
const AGAIN_MS = 3_000;
/** Many files that end together make one look at the list. */
const TOGETHER_MS = 400;

/** Follows the files of a collection while it is shown, and has its lists read anew when something came or ended. */
export function useProgress(store: string): Progress {
  const [progress, setProgress] = useState(NOTHING);
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    let soon: ReturnType<typeof setTimeout> | undefined;
    const listsAnew = (): void => {
      soon ??= setTimeout(() => {
        soon = undefined;
        void client.invalidateQueries({ queryKey: [`${storePath(store)}/files`] });
        void client.invalidateQueries({ queryKey: ["/v1/vector_stores"] });
      }, TOGETHER_MS);
    };
    const known = new Map<string, string>();
    const hear = (event: ProgressEvent): void => {
      if (event.object === "vector_store.file.progress") {
        if (known.get(event.id) !== event.status) listsAnew();
        known.set(event.id, event.status);
        setProgress((before) => ({ ...before, live: true, files: new Map([...before.files, [event.id, event] as const]) }));
      } else if (event.object === "vector_store.progress") {
        setProgress((before) => ({ ...before, live: true, lagSeconds: event.index_lag_seconds }));
        client.setQueryData<Collection>([storePath(store)], (before) =>
          before === undefined ? before : { ...before, file_counts: event.file_counts },
        );
      } else stop.abort();
    };
    const follow = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          const options = { query: { follow: "true" }, signal: stop.signal };
          for await (const { data } of events(`${storePath(store)}/events`, options)) {
            const event: ProgressEvent = JSON.parse(data);
            hear(event);
          }
        } catch {
          // Away for now: what was missed is told when it is back.
        }
        if (stop.signal.aborted) return;
        setProgress((before) => ({ ...before, live: false }));
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    };
    setProgress(NOTHING);
    void follow();
    return () => {
      clearTimeout(soon);
      stop.abort();
    };
  }, [client, store]);
  return progress;
}
