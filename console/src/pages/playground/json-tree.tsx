import { playgroundText as text } from "#text/playground.ts";

/** Deeper is for no eye; the JSON beside it has it all. */
const LEVELS_MAX = 24;
const SHOWN_MAX = 200;

/** A value with its parts, to be opened and closed. */
export function JsonTree({ value, name, level = 0 }: { readonly value: unknown; readonly name?: string; readonly level?: number }) {
  if (typeof value !== "object" || value === null) return <Leaf name={name} value={value} />;
  const isList = Array.isArray(value);
  const parts = Object.entries(value);
  const count = isList ? text.items(parts.length) : text.fields(parts.length);
  if (level >= LEVELS_MAX) return <Leaf name={name} value={text.deep} />;
  return (
    <details open={level < 3} className="min-w-0">
      <summary className="rounded text-xs">
        {name !== undefined && <span className="font-medium text-ink">{name}</span>} <span className="text-ink-faint">{count}</span>
      </summary>
      <div className="ml-1.5 grid gap-0.5 border-l border-line pl-3">
        {parts.slice(0, SHOWN_MAX).map(([key, part]) => (
          <JsonTree key={key} name={key} value={part} level={level + 1} />
        ))}
        {parts.length > SHOWN_MAX && <Leaf name="…" value={text.deep} />}
      </div>
    </details>
  );
}

const Leaf = ({ name, value }: { readonly name: string | undefined; readonly value: unknown }) => (
  <div className="foreign text-xs">
    {name !== undefined && <span className="font-medium text-ink">{name}: </span>}
    <span className={typeof value === "string" ? "whitespace-pre-wrap text-good" : "text-accent"}>
      {typeof value === "string" ? value : JSON.stringify(value)}
    </span>
  </div>
);
