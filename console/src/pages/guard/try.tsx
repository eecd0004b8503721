import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { guardText as text } from "#text/guard.ts";
import { post } from "../../api/client.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field, SelectField } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import { ErrorState } from "../../ui/states.tsx";
import { EXAMPLES } from "./examples.ts";
import { Highlighted } from "./highlight.tsx";
import { Filters, TenantChoice, useTenant, WithTenant } from "./tenant-choice.tsx";
import { Tried } from "./tried.tsx";
import type { Finding, GuardTried } from "./types.ts";

const say = text.try;
/** As many characters as the server takes. */
const TEXT_CHARS_MAX = 32_768;
/** Somebody who types has paused. */
const PAUSE_MS = 250;

/** The tenant's own rules over a text: what they find in it, and what would become of it. */
export function TryTab() {
  const tenant = useTenant("first");
  const [direction, setDirection] = useSearchText("direction", "in");
  const [place, setPlace] = useSearchText("place", "user");
  return (
    <>
      <Filters>
        <TenantChoice of={tenant} />
        <SelectField label={say.direction} value={direction} onChange={(event) => setDirection(event.target.value)} className="sm:w-52">
          {Object.entries(say.directions).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </SelectField>
        {direction === "in" && (
          <SelectField label={say.place} value={place} onChange={(event) => setPlace(event.target.value)} className="sm:w-52">
            {Object.entries(say.places).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </SelectField>
        )}
      </Filters>
      <WithTenant of={tenant}>{(slug) => <Trying slug={slug} direction={direction === "out" ? "out" : "in"} place={place} />}</WithTenant>
    </>
  );
}

type TryingProps = { readonly slug: string; readonly direction: "in" | "out"; readonly place: string };
function Trying({ slug, direction, place }: TryingProps) {
  const [written, setWritten] = useState("");
  const settled = usePaused(written);
  const tried = useQuery({
    queryKey: ["/admin/v1/guard/try", slug, direction, place, settled],
    enabled: settled !== "",
    // What somebody tries is kept no longer than it is shown.
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const body = { tenant: slug, text: settled, direction, ...(direction === "in" ? { place } : {}) };
      return { of: settled, answer: await post<GuardTried>("/admin/v1/guard/try", body, signal) };
    },
  });
  const shown = settled === "" ? undefined : tried.data;
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2 [&>*]:min-w-0">
      <Card>
        <HighlightedArea value={written} findings={shown === undefined ? [] : stillThere(shown, written)} onChange={setWritten} />
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <span className="text-xs text-ink-faint">{say.examples}</span>
          {EXAMPLES.map(({ language, sentence }) => (
            <Button key={language} size="small" onClick={() => setWritten(sentence)}>
              {language}
            </Button>
          ))}
        </div>
      </Card>
      <div className="grid gap-4" aria-live="polite" aria-busy={tried.isFetching}>
        {tried.error !== null && settled !== "" && <ErrorState error={tried.error} onRetry={() => void tried.refetch()} />}
        {tried.error === null && <Tried tried={shown?.answer} original={shown?.of ?? ""} />}
      </div>
    </div>
  );
}

/** The value, once it has not changed for a moment. Nothing at once: what was found in it is gone. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), value === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

/** Of an answer about an earlier text, the findings before the first character that has changed since. */
function stillThere({ of, answer }: { readonly of: string; readonly answer: GuardTried }, now: string): readonly Finding[] {
  if (of === now) return answer.findings;
  let same = 0;
  while (same < now.length && of[same] === now[same]) same++;
  return answer.findings.filter(({ end }) => end <= same);
}

/** Both layers write alike, or the marks would stand beside their words. */
const WRITING = "px-3 py-2 text-base leading-6 whitespace-pre-wrap [overflow-wrap:anywhere]";

type AreaProps = { readonly value: string; readonly findings: readonly Finding[]; onChange(value: string): void };
/** A field to write in, with marks behind its words. */
function HighlightedArea({ value, findings, onChange }: AreaProps) {
  const behind = useRef<HTMLDivElement>(null);
  return (
    <Field label={say.text} hint={say.chars(`${formatCount(value.length)} / ${formatCount(TEXT_CHARS_MAX)}`)}>
      {(control) => (
        <div className="relative">
          <div
            ref={behind}
            aria-hidden
            dir="auto"
            data-testid="marks"
            className={`pointer-events-none absolute inset-0 overflow-y-scroll rounded-md border border-transparent text-transparent ${WRITING}`}
          >
            <Highlighted text={value} findings={findings} quiet />
            {/* A last line without characters has its height all the same. */}
            {"\n"}
          </div>
          <textarea
            {...control}
            dir="auto"
            rows={10}
            maxLength={TEXT_CHARS_MAX}
            spellCheck={false}
            placeholder={say.placeholder}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            onScroll={(event) => {
              if (behind.current !== null) behind.current.scrollTop = event.currentTarget.scrollTop;
            }}
            className={`relative block min-h-60 w-full resize-none overflow-y-scroll rounded-md border border-line-strong/70 bg-transparent text-ink placeholder:text-ink-faint ${WRITING}`}
          />
        </div>
      )}
    </Field>
  );
}
