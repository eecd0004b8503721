import { Pencil, RotateCcw, Trash2 } from "lucide-react";
import { memo, useState, type KeyboardEvent } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { TextareaField } from "../../ui/field.tsx";
import { AnswerView, type Opens } from "./answer-view.tsx";
import { Difference } from "./difference.tsx";
import { remove, resend } from "./store.ts";
import type { Exchange } from "./types.ts";

type Props = { readonly exchange: Exchange; readonly models: readonly string[]; readonly opens: Opens };

/** A message and what was said to it, by one model or by two. Drawn again only when it has changed: others stream on meanwhile. */
export const ExchangeView = memo(function Shown({ exchange, models, opens }: Props) {
  const [editing, setEditing] = useState(false);
  const isDouble = models.length > 1;
  return (
    <article className="grid min-w-0 gap-3" data-testid="exchange">
      {editing ? (
        <Editor exchange={exchange} onDone={() => setEditing(false)} />
      ) : (
        <Message exchange={exchange} onEdit={() => setEditing(true)} />
      )}
      <div className={classNames("grid min-w-0 gap-4", isDouble && "md:grid-cols-2")}>
        {models.map((model, lane) => {
          const answer = exchange.answers[lane];
          return (
            <div key={lane} className={classNames("min-w-0", isDouble && "rounded-lg border border-line bg-surface p-3")}>
              {isDouble && <p className="foreign mb-2 text-xs font-semibold text-ink-soft">{answer?.model ?? model}</p>}
              {answer !== undefined && (
                <AnswerView answer={answer} exchangeId={exchange.id} said={exchange.text} lane={lane} opens={opens} />
              )}
            </div>
          );
        })}
      </div>
      {isDouble && <Difference answers={exchange.answers} />}
    </article>
  );
});

function Message({ exchange, onEdit }: { readonly exchange: Exchange; onEdit(): void }) {
  const { id, text: said, pictures } = exchange;
  return (
    <div className="group flex min-w-0 flex-col items-end gap-1">
      <div className="max-w-full min-w-0 rounded-lg bg-accent-soft px-3.5 py-2 sm:max-w-[85%]">
        <span className="sr-only">{text.you}: </span>
        {pictures.length > 0 && (
          <div className="mb-2 flex flex-wrap gap-2">
            {pictures.map((picture) => (
              <img key={picture.id} src={picture.url} alt={picture.name} className="max-h-40 rounded border border-line" />
            ))}
          </div>
        )}
        <p className="foreign text-sm leading-6 whitespace-pre-wrap" dir="auto">
          {said}
        </p>
      </div>
      <div className="flex">
        <IconButton size="small" label={text.edit} onClick={onEdit}>
          <Pencil className="size-3.5" aria-hidden />
        </IconButton>
        <IconButton size="small" label={text.resend} onClick={() => resend(id)}>
          <RotateCcw className="size-3.5" aria-hidden />
        </IconButton>
        <IconButton size="small" label={text.remove} onClick={() => remove(id)}>
          <Trash2 className="size-3.5" aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}

function Editor({ exchange, onDone }: { readonly exchange: Exchange; onDone(): void }) {
  const [draft, setDraft] = useState(exchange.text);
  const send = () => {
    onDone();
    resend(exchange.id, draft);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") onDone();
    else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
    else return;
    event.stopPropagation();
    event.preventDefault();
  };
  return (
    <div className="grid gap-2" onKeyDown={keys}>
      <TextareaField label={text.editMessage} rows={4} value={draft} onChange={(event) => setDraft(event.target.value)} autoFocus />
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{text.cancel}</Button>
        <Button kind="primary" onClick={send}>
          {text.saveAndSend}
        </Button>
      </div>
    </div>
  );
}
