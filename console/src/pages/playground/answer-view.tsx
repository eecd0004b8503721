import { useDeferredValue, useMemo } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { Badge } from "../../ui/badge.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatDuration, formatUsd } from "../../ui/format.ts";
import { Markdown, type Marks } from "../../ui/markdown.tsx";
import { Citations, citationLabel } from "./citations.tsx";
import { FailureNote } from "./failure-note.tsx";
import { Structured } from "./structured.tsx";
import { ToolCalls } from "./tool-calls.tsx";
import type { Answer, Citation, Step } from "./types.ts";

export type Opens = {
  source(citation: Citation): void;
  path(requestId: string): void;
  code(request: Step["request"]): void;
};

type Props = { readonly answer: Answer; readonly exchangeId: string; readonly said: string; readonly lane: number; readonly opens: Opens };

/** What one model said: text, tools that it calls, sources, and what it cost. */
export function AnswerView({ answer, exchangeId, said, lane, opens }: Props) {
  return (
    <div className="grid min-w-0 gap-3">
      {answer.steps.map((step, at) => (
        <div key={at} className="grid min-w-0 gap-2">
          <Said step={step} opens={opens} />
          {step.toolCalls.length > 0 && (
            <ToolCalls step={step} exchangeId={exchangeId} lane={lane} isLast={at === answer.steps.length - 1} />
          )}
          <Ending step={step} said={said} />
          <Foot step={step} opens={opens} />
        </div>
      ))}
    </div>
  );
}

function Said({ step, opens }: { readonly step: Step; readonly opens: Opens }) {
  const citations = step.weir?.citations;
  const { source } = opens;
  const marks = useMemo<Marks | undefined>(() => {
    const cited = new Map((citations ?? []).filter(({ cited: isCited }) => isCited).map((citation) => [citation.index, citation]));
    if (cited.size === 0) return undefined;
    return {
      known: new Set(cited.keys()),
      show: (mark) => {
        const citation = cited.get(mark);
        return citation === undefined ? `[${mark}]` : <Chip citation={citation} onOpen={() => source(citation)} />;
      },
    };
  }, [citations, source]);
  // A long answer takes longer to draw than its next words take to come: keys and clicks go first.
  const words = useDeferredValue(step.text);
  const hasForm =
    step.request["response_format"] !== undefined && step.status === "finished" && step.text !== "" && step.toolCalls.length === 0;
  return (
    <>
      {step.reasoning !== "" && (
        <details className="rounded-md border border-line px-3 py-2 text-sm text-ink-soft">
          <summary className="text-xs font-medium">{text.reasoning}</summary>
          <p className="foreign mt-2 whitespace-pre-wrap">{step.reasoning}</p>
        </details>
      )}
      {step.refusal !== "" && (
        <p className="foreign text-sm">
          <Badge tone="warn">{text.refusal}</Badge> {step.refusal}
        </p>
      )}
      {hasForm ? (
        <Structured step={step} />
      ) : (
        step.text !== "" && (
          <div data-testid="answer-text" aria-busy={step.status === "streaming"}>
            <Markdown marks={marks}>{words}</Markdown>
          </div>
        )
      )}
      {step.status === "streaming" && step.text === "" && step.toolCalls.length === 0 && <Working />}
      {citations !== undefined && citations.length > 0 && <Citations citations={citations} onOpen={source} />}
    </>
  );
}

const Chip = ({ citation, onOpen }: { readonly citation: Citation; onOpen(): void }) => (
  <button
    type="button"
    onClick={onOpen}
    aria-label={citationLabel(citation)}
    title={citationLabel(citation)}
    className="mx-0.5 inline-flex h-5 min-w-5 items-center justify-center rounded bg-accent-soft px-1 align-text-bottom text-xs font-medium text-accent hover:brightness-95"
  >
    {citation.index}
  </button>
);

const Working = () => (
  <p className="flex h-6 items-center gap-1.5 text-sm text-ink-faint">
    <span aria-hidden className="size-1.5 animate-[pulse-soft_1s_ease-in-out_infinite] rounded-full bg-accent" />
    {text.working}
  </p>
);

/** How it ended, where that is worth a word. */
function Ending({ step, said }: { readonly step: Step; readonly said: string }) {
  const { status, failure, finishReason, weir } = step;
  const notes = [
    status === "stopped" && text.stopped,
    finishReason === "length" && text.cut,
    finishReason === "content_filter" && text.filtered,
    weir?.tier === "extractive" && text.extractive,
    weir?.answerable === false && text.notHeld,
    weir?.degraded === true && weir.tier !== "extractive" && text.degraded,
    weir?.citationsRemoved !== undefined && text.removedMarks(weir.citationsRemoved),
    weir?.guard?.masked === true && text.masked,
  ].filter((note) => note !== false && note !== undefined);
  return (
    <>
      {failure !== undefined && <FailureNote failure={failure} said={said} />}
      {notes.length > 0 && (
        <div className="flex flex-wrap gap-1.5 [&>span]:whitespace-normal">
          {notes.map((note) => (
            <Badge key={note}>{note}</Badge>
          ))}
        </div>
      )}
    </>
  );
}

/** Who answered, how fast and at what price; and what can be done with it. Its place is kept while the answer streams. */
function Foot({ step, opens }: { readonly step: Step; readonly opens: Opens }) {
  const { weir, usage, firstMs, totalMs, requestId, status } = step;
  const facts = [
    weir !== undefined && `${weir.model} · ${weir.provider}`,
    totalMs !== undefined && formatDuration(totalMs),
    firstMs !== undefined && text.firstToken(formatDuration(firstMs)),
    usage !== undefined && text.tokens(formatCount(usage.prompt_tokens), formatCount(usage.completion_tokens)),
    weir !== undefined && formatUsd(weir.costMicroUsd),
  ].filter((fact) => fact !== false);
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-faint" data-testid="answer-foot">
      {facts.map((fact) => (
        <span key={fact} className="foreign tabular-nums">
          {fact}
        </span>
      ))}
      {status !== "streaming" && (
        <span className="-ml-2 flex flex-wrap">
          {requestId !== undefined && (
            <Button size="small" kind="ghost" onClick={() => opens.path(requestId)}>
              {text.path}
            </Button>
          )}
          <Button size="small" kind="ghost" onClick={() => opens.code(step.request)}>
            {text.code}
          </Button>
          {step.text !== "" && <CopyButton value={step.text} />}
        </span>
      )}
    </div>
  );
}
