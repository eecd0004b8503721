import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { documentText as text } from "#text/collection-search.ts";
import { Button } from "../../ui/button.tsx";
import { Input } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import { ChunkRow } from "./chunk-row.tsx";
import { useChunks, usePlace, type Place } from "./document-chunks.ts";

/** Of a row that is not here yet: a usual chunk on a desktop. */
const ROW_PX = 190;

type DocumentViewProps = { readonly store: string; readonly file: string; readonly total: number; readonly place: Place };

/** All chunks in order. Only what is on the screen is in the page: a document of thousands scrolls like one of ten. */
export function DocumentView({ store, file, total, place }: DocumentViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: total, getScrollElement: () => box.current, estimateSize: () => ROW_PX, overscan: 4 });
  const shown = rows.getVirtualItems();
  const indexes = shown.map(({ index }) => index);
  const [first = 0] = indexes;
  const chunkAt = useChunks(store, file, first > 0 ? [first - 1, ...indexes] : indexes);
  const { data: wanted } = usePlace(store, file, place);
  const [chosen, setChosen] = useState<number>();
  useEffect(() => setChosen(wanted ?? undefined), [wanted]);
  const isHere = chosen !== undefined && indexes.includes(chosen) && chunkAt(chosen).state === "here";
  const arrived = useRef<number>(undefined);
  useEffect(() => {
    if (chosen === undefined || arrived.current === chosen) return;
    if (!isHere) {
      rows.scrollToIndex(chosen, { align: "start" });
      return;
    }
    // Its real height is known now: what is marked goes into the middle, once.
    arrived.current = chosen;
    const row = box.current?.querySelector(`[data-index="${chosen}"]`);
    (row?.querySelector("mark") ?? row)?.scrollIntoView({ block: row?.querySelector("mark") == null ? "start" : "center" });
  }, [chosen, isHere, rows]);
  const goTo = (index: number) => {
    arrived.current = undefined;
    setChosen(index);
  };
  const range = place.start === undefined ? undefined : { start: place.start, end: place.end ?? place.start };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <GoTo total={total} onGo={goTo} />
      <div ref={box} role="region" aria-label={text.view} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        <div className="relative mx-auto w-full max-w-5xl" style={{ height: rows.getTotalSize() }}>
          {shown.map(({ index, key, start }) => {
            const before = chunkAt(index - 1);
            return (
              <div
                key={key}
                ref={rows.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ChunkRow
                  store={store}
                  index={index}
                  at={chunkAt(index)}
                  before={before.state === "here" ? before.chunk : undefined}
                  range={range}
                  isChosen={index === chosen}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Chunks are counted from 1 for people. */
function GoTo({ total, onGo }: { readonly total: number; onGo(index: number): void }) {
  const [no, setNo] = useState("");
  const go = (event: FormEvent) => {
    event.preventDefault();
    const wanted = Number(no);
    if (Number.isInteger(wanted) && wanted >= 1 && wanted <= total) onGo(wanted - 1);
  };
  return (
    <form onSubmit={go} className="flex items-center gap-2 border-b border-line bg-surface px-4 py-1.5 text-xs text-ink-soft">
      <label className="flex items-center gap-2">
        {text.goTo}
        <Input
          type="number"
          min={1}
          max={total}
          value={no}
          onChange={(event) => setNo(event.target.value)}
          className="!h-7 !w-24 tabular-nums"
        />
      </label>
      <span className="tabular-nums">{text.of(formatCount(total))}</span>
      <Button size="small" type="submit">
        {text.go}
      </Button>
    </form>
  );
}
