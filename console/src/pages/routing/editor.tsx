import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useId, type KeyboardEvent, type RefObject } from "react";
import { routingText as text } from "#text/routing.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import type { Told } from "./use-draft.ts";

type EditorProps = {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly value: string;
  onChange(value: string): void;
  readonly told: readonly Told[];
  readonly settled: boolean;
};

/** Fewer lines would look like a field. */
const LINES_MIN = 14;

/** A text with numbered lines, of which those with a problem are marked. Tab leaves it, as it leaves any field. */
export function Editor({ area, value, onChange, told, settled }: EditorProps) {
  const id = useId();
  const lines = value.split("\n");
  const shown = Math.max(lines.length, LINES_MIN);
  const worstOf = (line: number): Told["severity"] | undefined => {
    const here = told.filter((one) => one.line === line);
    return here.find(({ severity }) => severity === "problem")?.severity ?? here[0]?.severity;
  };
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
      <label htmlFor={id} className="sr-only">
        {text.editor}
      </label>
      <div className="max-h-[60vh] overflow-auto">
        <div className="grid w-full min-w-fit grid-cols-[auto_minmax(0,1fr)] font-mono text-xs leading-5">
          <div aria-hidden className="sticky left-0 z-10 border-r border-line bg-sunken py-2 text-right text-ink-faint select-none">
            {Array.from({ length: shown }, (_, at) => (
              <div
                key={at}
                className={classNames(
                  "h-5 min-w-11 pr-2 pl-2",
                  worstOf(at + 1) === "problem" && "bg-bad-soft font-semibold text-bad",
                  worstOf(at + 1) === "warning" && "bg-warn-soft text-warn",
                )}
              >
                {at < lines.length ? at + 1 : ""}
              </div>
            ))}
          </div>
          <div className="relative">
            <div aria-hidden className="pointer-events-none absolute inset-0 py-2">
              {lines.map((_, at) => (
                <div
                  key={at}
                  data-line={at + 1}
                  data-severity={worstOf(at + 1)}
                  className={classNames(
                    "h-5",
                    worstOf(at + 1) === "problem" && "bg-bad-soft",
                    worstOf(at + 1) === "warning" && "bg-warn-soft",
                  )}
                />
              ))}
            </div>
            <textarea
              ref={area}
              id={id}
              value={value}
              rows={shown}
              cols={Math.max(...lines.map((line) => line.length), 40) + 2}
              wrap="off"
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
              aria-describedby={`${id}-told`}
              aria-invalid={told.some(({ severity }) => severity === "problem") || undefined}
              onChange={(event) => onChange(event.target.value)}
              onKeyDown={keepIndent}
              className="relative block min-w-full resize-none overflow-hidden bg-transparent px-3 py-2 leading-5 whitespace-pre text-ink -outline-offset-2"
            />
          </div>
        </div>
      </div>
      <div id={`${id}-told`} className="border-t border-line">
        <Notices told={told} settled={settled} area={area} value={value} onChange={onChange} />
      </div>
    </div>
  );
}

/** A new line begins where the one before did. The browser's own command keeps what can be undone. */
function keepIndent(event: KeyboardEvent<HTMLTextAreaElement>): void {
  const { selectionStart, value } = event.currentTarget;
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
  const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  if (indent === "") return;
  event.preventDefault();
  insertText(event.currentTarget, `\n${indent}`);
}

/** Writes at the cursor, as if it had been typed. */
export function insertText(area: HTMLTextAreaElement, written: string): void {
  area.focus();
  // oxlint-disable-next-line typescript/no-deprecated -- the only way to write into a field that undo knows of
  document.execCommand("insertText", false, written);
}

function Notices({ told, settled, area, value }: EditorProps) {
  const problems = told.filter(({ severity }) => severity === "problem").length;
  const warnings = told.length - problems;
  const go = ({ offset }: Told) => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset + wordAt(value, offset).length);
  };
  const replace = (one: Told) => {
    if (area.current === null || one.near === undefined) return;
    go(one);
    insertText(area.current, one.near);
  };
  return (
    <>
      <p role="status" className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 text-xs">
        {problems === 0 && settled && (
          <span className="inline-flex items-center gap-1.5 text-good">
            <CircleCheck className="size-3.5" aria-hidden />
            {text.fine}
          </span>
        )}
        {problems > 0 && <span className="font-medium text-bad">{text.problems(problems)}</span>}
        {warnings > 0 && <span className="font-medium text-warn">{text.warnings(warnings)}</span>}
        {!settled && <span className="text-ink-faint">{text.checking}</span>}
      </p>
      {told.length > 0 && (
        <ul className="max-h-56 overflow-y-auto border-t border-line py-1" tabIndex={0} aria-label={text.problems(problems)}>
          {told.map((one, at) => (
            <li key={at} className="flex flex-wrap items-start gap-x-2 px-3 py-1 text-sm">
              {one.severity === "problem" ? (
                <CircleAlert className="mt-1 size-3.5 shrink-0 text-bad" aria-hidden />
              ) : (
                <TriangleAlert className="mt-1 size-3.5 shrink-0 text-warn" aria-hidden />
              )}
              <button
                type="button"
                className="shrink-0 rounded font-mono text-xs leading-6 text-accent underline-offset-2 hover:underline"
                onClick={() => go(one)}
              >
                {text.line(one.line)}
              </button>
              <span className="foreign min-w-0 flex-1 basis-52 leading-6">{one.message}</span>
              {one.near !== undefined && wordAt(value, one.offset) !== "" && (
                <Button size="small" onClick={() => replace(one)}>
                  {text.useNear(one.near)}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const wordAt = (value: string, offset: number): string => /^[\w.-]+/.exec(value.slice(offset))?.[0] ?? "";
