import { Link } from "@tanstack/react-router";
import { callsText as text } from "#text/calls.ts";
import { Badge, StateDot, type Tone } from "../../ui/badge.tsx";
import { formatCount, formatDuration, formatUsd } from "../../ui/format.ts";
import { DataTable, type Column } from "../../ui/table.tsx";
import type { Attempt, CallEvent } from "./spans.ts";

type Candidate = CallEvent["candidates"][number];
type Found = NonNullable<CallEvent["found"]>[number];

/** Narrow: these tables stand beside each other, and in a panel. */
const CELL = "!px-2 first:!pl-0 last:!pr-0";

/** Every model that was looked at, and what became of it. */
export function CandidatesTable({ event }: { readonly event: CallEvent }) {
  const resultOf = ({ model, fell }: Candidate): readonly [Tone, string] => {
    if (fell !== undefined) return ["neutral", text.fell[fell] ?? fell];
    const tried = event.attempts.filter((attempt) => attempt.model === model && attempt.as === undefined);
    if (event.model === model && event.outcome === "finished") return ["good", text.answered];
    const failed = tried.findLast(({ outcome }) => outcome === "failed");
    return failed === undefined ? ["accent", text.eligible] : ["bad", text.triedFailed(failed.code ?? "")];
  };
  const columns: readonly Column<Candidate>[] = [
    {
      id: "model",
      label: text.model,
      className: CELL,
      cell: ({ model, provider }) => (
        <span className="foreign">
          {model} <span className="text-xs text-ink-faint">{provider}</span>
        </span>
      ),
    },
    {
      id: "result",
      label: text.result,
      className: CELL,
      cell: (candidate) => {
        const [tone, say] = resultOf(candidate);
        return (
          <span className="[&>span]:!whitespace-normal">
            <StateDot tone={tone}>{say}</StateDot>
          </span>
        );
      },
    },
  ];
  return (
    <DataTable label={text.candidates} columns={columns} rows={event.candidates} rowKey={({ model, provider }) => `${model} ${provider}`} />
  );
}

/** Every request to a provider: repeats and fallbacks are further ones. */
export function AttemptsTable({ event }: { readonly event: CallEvent }) {
  const columns: readonly Column<readonly [number, Attempt]>[] = [
    {
      id: "attempt",
      label: text.attempt,
      className: CELL,
      cell: ([at, { model, as }]) => (
        <span className="foreign">
          {at + 1}. {model} {as !== undefined && <Badge>{text.judge}</Badge>}
        </span>
      ),
    },
    {
      id: "outcome",
      label: text.outcome,
      className: CELL,
      cell: ([, { outcome, code }]) => (
        <StateDot tone={outcome === "finished" ? "good" : outcome === "failed" ? "bad" : "warn"}>{code ?? text.outcomes[outcome]}</StateDot>
      ),
    },
    { id: "time", label: text.time, numeric: true, className: CELL, cell: ([, { latencyMs }]) => formatDuration(latencyMs) },
    {
      id: "tokens",
      label: text.tokensInOut,
      numeric: true,
      className: CELL,
      cell: ([, { inputTokens, outputTokens, cachedTokens }]) => (
        <span title={cachedTokens > 0 ? text.cached(formatCount(cachedTokens)) : undefined}>
          {formatCount(inputTokens)} / {formatCount(outputTokens)}
        </span>
      ),
    },
    { id: "cost", label: text.cost, numeric: true, className: CELL, cell: ([, { costMicroUsd }]) => formatUsd(costMicroUsd) },
  ];
  const rows = event.attempts.map((attempt, at) => [at, attempt] as const);
  return <DataTable label={text.attempts} columns={columns} rows={rows} rowKey={([at]) => String(at)} />;
}

const FATES: Readonly<Record<Found["fate"], Tone>> = { cited: "good", read: "accent", withheld: "bad", trimmed: "neutral" };

/** What the search found, by ids and scores. */
export function PassagesTable({ event: { found = [], collection } }: { readonly event: CallEvent }) {
  const columns: readonly Column<Found>[] = [
    {
      id: "chunk",
      label: text.chunk,
      className: CELL,
      cell: ({ chunkId, fileId }) => {
        const chunk = chunkId.slice(chunkId.indexOf("#") + 1);
        const name = `…${fileId.slice(-6)} #${chunk}`;
        if (collection === undefined)
          return (
            <code className="font-mono text-xs" title={chunkId}>
              {name}
            </code>
          );
        return (
          <Link
            to="/collections/$store/files/$file"
            params={{ store: collection, file: fileId.replace("_", "-") }}
            search={{ chunk }}
            className="font-mono text-xs text-accent underline underline-offset-2"
          >
            {name}
          </Link>
        );
      },
    },
    { id: "score", label: text.score, numeric: true, className: CELL, cell: ({ score }) => score.toFixed(3) },
    { id: "fate", label: text.fate, className: CELL, cell: ({ fate }) => <StateDot tone={FATES[fate]}>{text.fates[fate]}</StateDot> },
  ];
  return <DataTable label={text.passages} columns={columns} rows={found} rowKey={({ chunkId }) => chunkId} />;
}
