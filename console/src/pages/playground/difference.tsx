import { playgroundText as text } from "#text/playground.ts";
import { formatCount, formatDuration, formatUsd } from "../../ui/format.ts";
import type { Answer } from "./types.ts";

type Measure = { readonly label: string; readonly values: readonly [number | undefined, number | undefined]; write(value: number): string };

const sum = (answer: Answer, pick: (step: Answer["steps"][number]) => number | undefined): number | undefined => {
  const values = answer.steps.map(pick);
  return values.includes(undefined) ? undefined : values.reduce((total: number, value) => total + (value ?? 0), 0);
};

const measuresOf = (a: Answer, b: Answer): readonly Measure[] => {
  const both = (pick: (step: Answer["steps"][number]) => number | undefined) => [sum(a, pick), sum(b, pick)] as const;
  return [
    { label: text.first, values: [a.steps[0]?.firstMs, b.steps[0]?.firstMs], write: formatDuration },
    { label: text.whole, values: both(({ totalMs }) => totalMs), write: formatDuration },
    { label: text.inputTokens, values: both(({ usage }) => usage?.prompt_tokens), write: formatCount },
    { label: text.outputTokens, values: both(({ usage }) => usage?.completion_tokens), write: formatCount },
    { label: text.cost, values: both(({ weir }) => weir?.costMicroUsd), write: formatUsd },
  ];
};

const isDone = (answer: Answer | undefined): answer is Answer =>
  answer !== undefined && answer.steps.length > 0 && answer.steps.every(({ status }) => status === "finished");

function percentOf(first: number, second: number): string {
  if (first === second) return text.same;
  if (first === 0) return "–";
  const percent = ((second - first) / first) * 100;
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}

/** Two answers to one message, in figures. The difference is the second's from the first. */
export function Difference({ answers }: { readonly answers: readonly (Answer | undefined)[] }) {
  const [a, b] = answers;
  if (!isDone(a) || !isDone(b)) return null;
  const names = [a, b].map(({ model, steps }) => steps.at(-1)?.weir?.model ?? model);
  return (
    <div className="overflow-x-auto" role="region" aria-label={text.difference} tabIndex={0}>
      <table className="w-full max-w-xl border-collapse text-xs" data-testid="difference">
        <thead>
          <tr className="border-b border-line text-left text-ink-faint">
            {[text.measure, ...names, text.difference].map((name, at) => (
              <th key={at} scope="col" className={`foreign h-7 px-2 font-medium ${at === 0 ? "" : "text-right"}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {measuresOf(a, b).map(({ label, values: [first, second], write }) => (
            <tr key={label} className="border-b border-line last:border-0">
              <th scope="row" className="h-7 px-2 text-left font-normal text-ink-soft">
                {label}
              </th>
              {[first, second].map((value, at) => (
                <td key={at} className="px-2 text-right tabular-nums">
                  {value === undefined ? "–" : write(value)}
                </td>
              ))}
              <td className="px-2 text-right font-medium tabular-nums">
                {first === undefined || second === undefined ? "–" : percentOf(first, second)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
