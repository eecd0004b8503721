import { callsText as text } from "#text/calls.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatDuration } from "../../ui/format.ts";
import { toSpans, type CallEvent, type Span } from "./spans.ts";

const LOOKS = { own: "bg-series-1", wait: "bg-series-6", answer: "bg-series-4", failed: "bg-bad" } as const;
/** A step of a few microseconds is seen all the same. */
const LEAST_PERCENT = 0.6;

/** Where the time of a call went: one bar a step, all on one line of time. */
export function Waterfall({ event }: { readonly event: CallEvent }) {
  if (event.timings === undefined) return <p className="text-sm text-ink-soft">{text.noTimings}</p>;
  const spans = toSpans(event.timings, event.attempts);
  const wholeUs = Math.max(1, ...spans.map(({ endUs }) => endUs));
  return (
    <table className="w-full border-collapse text-sm" data-testid="waterfall">
      <caption className="sr-only">{text.waterfall}</caption>
      <tbody>
        {spans.map((span) => (
          <Row key={span.id} span={span} wholeUs={wholeUs} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ span, wholeUs }: { readonly span: Span; readonly wholeUs: number }) {
  const left = (span.startUs / wholeUs) * 100;
  const width = Math.max(LEAST_PERCENT, ((span.endUs - span.startUs) / wholeUs) * 100);
  return (
    <tr title={span.say}>
      <th scope="row" className="foreign w-2/5 max-w-48 py-1 pr-3 text-left align-middle text-xs font-normal text-ink-soft">
        {span.label}
      </th>
      <td aria-hidden className="py-1">
        <div className="relative h-3 w-full rounded-sm bg-sunken">
          <div
            className={classNames("absolute inset-y-0 rounded-sm", LOOKS[span.kind])}
            style={{
              left: `${Math.min(left, 100 - LEAST_PERCENT)}%`,
              width: `${Math.min(width, 100 - Math.min(left, 100 - LEAST_PERCENT))}%`,
            }}
          />
        </div>
      </td>
      <td className="w-20 py-1 pl-3 text-right text-xs whitespace-nowrap text-ink tabular-nums">
        {formatDuration((span.endUs - span.startUs) / 1000)}
      </td>
    </tr>
  );
}
