import { Upload } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { filesText as text } from "#text/collection-files.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";

/** Files by dropping or by choosing. Nothing is opened or read here. */
export function DropZone({ onFiles }: { onFiles(files: readonly File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(files);
  };
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classNames(
        "flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-dashed px-4 py-3 transition-colors",
        over ? "border-accent bg-accent-soft" : "border-line-strong bg-surface",
      )}
    >
      <Upload className="size-5 shrink-0 text-ink-faint" aria-hidden />
      <div className="min-w-0 flex-1 basis-52">
        <p className="text-sm font-medium">{over ? text.dropNow : text.drop}</p>
        <p className="text-xs text-ink-soft">{text.dropSay}</p>
      </div>
      <input
        ref={input}
        type="file"
        multiple
        aria-label={text.choose}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file can be chosen again after it failed.
          event.target.value = "";
        }}
      />
      <Button onClick={() => input.current?.click()}>{text.choose}</Button>
    </div>
  );
}
