import { ArrowUp, ImagePlus, Square, X } from "lucide-react";
import { useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Field, Textarea } from "../../ui/field.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { isPicture, PICTURE_TYPES, PICTURES_MAX, readPicture } from "./pictures.ts";
import { send, stop } from "./store.ts";
import type { Picture } from "./types.ts";

type Props = {
  readonly running: boolean;
  /** Why nothing can be sent now. */
  readonly blocked: string | undefined;
  /** What a chosen model cannot do with this. */
  readonly warnings: (hasPictures: boolean) => readonly string[];
};

/** Where a message is written. ⌘ Enter sends it; Esc stops what is under way. */
export function Composer({ running, blocked, warnings }: Props) {
  const [draft, setDraft] = useState("");
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const isEmpty = draft.trim() === "" && pictures.length === 0;
  const isBlocked = blocked !== undefined || isEmpty || running;
  const submit = () => {
    if (isBlocked) return;
    send(draft, pictures);
    setDraft("");
    setPictures([]);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  const add = (files: readonly File[]) => addPictures(files, pictures, setPictures);
  const told = warnings(pictures.length > 0);
  return (
    <form
      className="border-t border-line bg-surface px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event: DragEvent) => event.preventDefault()}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        add([...event.dataTransfer.files]);
      }}
    >
      <div className="mx-auto grid max-w-4xl gap-2">
        {pictures.length > 0 && <Previews pictures={pictures} onRemove={(id) => setPictures(pictures.filter((each) => each.id !== id))} />}
        <Field label={text.message} hideLabel>
          {(control) => (
            <Textarea
              {...control}
              rows={3}
              className="max-h-72 !min-h-20"
              dir="auto"
              placeholder={text.placeholder}
              value={draft}
              onChange={(event) => setDraft(event.target.value)}
              onKeyDown={keys}
              onPaste={(event: ClipboardEvent) => {
                const files = [...event.clipboardData.files];
                if (files.length === 0) return;
                event.preventDefault();
                add(files);
              }}
            />
          )}
        </Field>
        <Bar
          say={blocked ?? (told.length > 0 ? told.join(" ") : `${text.sendKey(navigator.platform.startsWith("Mac"))}. ${text.privacy}`)}
          running={running}
          canSend={!isBlocked}
          onFiles={add}
        />
      </div>
    </form>
  );
}

type BarProps = { readonly say: string; readonly running: boolean; readonly canSend: boolean; onFiles(files: readonly File[]): void };
function Bar({ say, running, canSend, onFiles }: BarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <AttachButton onFiles={onFiles} />
      <p className="min-w-0 flex-1 text-xs text-ink-faint" aria-live="polite">
        {say}
      </p>
      {running ? (
        <Button onClick={() => stop()} aria-keyshortcuts="Escape">
          <Square className="size-3.5" aria-hidden />
          {text.stop}
        </Button>
      ) : (
        <Button kind="primary" type="submit" disabled={!canSend} aria-keyshortcuts="Meta+Enter Control+Enter">
          <ArrowUp className="size-4" aria-hidden />
          {text.send}
        </Button>
      )}
    </div>
  );
}

function addPictures(files: readonly File[], old: readonly Picture[], set: (pictures: readonly Picture[]) => void): void {
  const good = files.filter((file) => {
    if (!isPicture(file)) toast(text.pictureWrong(file.name), "bad");
    return isPicture(file);
  });
  const room = PICTURES_MAX - old.length;
  if (good.length > room) toast(text.picturesMost, "bad");
  Promise.all(good.slice(0, Math.max(0, room)).map(readPicture)).then((read) => set([...old, ...read]), toastError);
}

function AttachButton({ onFiles }: { onFiles(files: readonly File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={text.attach} onClick={() => input.current?.click()}>
        <ImagePlus className="size-4" aria-hidden />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={text.attach}
        accept={PICTURE_TYPES.join()}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}

const Previews = ({ pictures, onRemove }: { readonly pictures: readonly Picture[]; onRemove(id: string): void }) => (
  <ul className="flex flex-wrap gap-2">
    {pictures.map(({ id, name, url }) => (
      <li key={id} className="relative">
        <img src={url} alt={name} className="h-16 rounded-md border border-line object-cover" />
        <IconButton
          label={text.removePicture(name)}
          size="small"
          onClick={() => onRemove(id)}
          className="absolute -top-2 -right-2 !h-6 !w-6 !rounded-full !border-line !bg-raised"
        >
          <X className="size-3" aria-hidden />
        </IconButton>
      </li>
    ))}
  </ul>
);
