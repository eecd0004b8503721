import { playgroundText as text } from "#text/playground.ts";
import type { Citation } from "./types.ts";

const nameOf = ({ title, filename, place }: Citation): string =>
  [title === "" ? filename : title, place].filter((part) => part !== undefined).join(", ");
export const citationLabel = (citation: Citation): string => text.openSource(citation.index, nameOf(citation));

/** What the answer rests on; then what else was found. */
export function Citations({ citations, onOpen }: { readonly citations: readonly Citation[]; onOpen(citation: Citation): void }) {
  const cited = citations.filter((citation) => citation.cited);
  const others = citations.filter((citation) => !citation.cited);
  return (
    <section aria-label={text.sources} className="grid gap-1.5">
      {cited.length > 0 && <List citations={cited} onOpen={onOpen} />}
      {others.length > 0 && (
        <details>
          <summary className="rounded text-xs text-ink-faint">{text.otherPassages(others.length)}</summary>
          <div className="mt-1.5">
            <List citations={others} onOpen={onOpen} />
          </div>
        </details>
      )}
    </section>
  );
}

const List = ({ citations, onOpen }: { readonly citations: readonly Citation[]; onOpen(citation: Citation): void }) => (
  <ul className="grid gap-1.5">
    {citations.map((citation) => (
      <li key={citation.index}>
        <button
          type="button"
          onClick={() => onOpen(citation)}
          className="flex w-full min-w-0 items-start gap-2 rounded-md border border-line px-2.5 py-1.5 text-left text-xs hover:bg-sunken"
        >
          <span className="mt-px font-semibold text-accent">{citation.index}</span>
          <span className="foreign min-w-0">
            <span className="block font-medium text-ink">{nameOf(citation)}</span>
            <span className="line-clamp-2 text-ink-soft">{citation.quote}</span>
          </span>
        </button>
      </li>
    ))}
  </ul>
);
