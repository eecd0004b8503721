import { X } from "lucide-react";
import { usageText as text } from "#text/usage.ts";
import { Button } from "../../ui/button.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { nameOf } from "./format.ts";
import { RANGES } from "./range.ts";
import { WORDS, type UsageState, type Word } from "./state.ts";

export function RangeFields({ view, span, change }: UsageState) {
  const isCustom = view.range === "custom";
  return (
    <>
      <SelectField
        label={text.range}
        value={view.range}
        className="w-40"
        onChange={(event) => {
          const range = event.target.value;
          change(range === "custom" ? { range, from: span.from.slice(0, 10) } : { range, from: "", to: "" });
        }}
      >
        {RANGES.map((range) => (
          <option key={range} value={range}>
            {text.ranges[range]}
          </option>
        ))}
      </SelectField>
      {isCustom && (
        <>
          <InputField
            label={text.from}
            type="date"
            value={view.from}
            className="w-36"
            onChange={(event) => change({ from: event.target.value })}
          />
          <InputField
            label={text.until}
            type="date"
            value={view.to}
            className="w-36"
            onChange={(event) => change({ to: event.target.value })}
          />
        </>
      )}
    </>
  );
}

/** What the view is narrowed to. Each can be taken away again. */
export function FilterChips({ state, keys }: { readonly state: UsageState; readonly keys: ReadonlyMap<string, string> }) {
  const { filters, tab } = state.view;
  // Budgets are of tenants and keys: other filters do not narrow them.
  const words = tab === "budgets" ? (["tenant"] as const) : WORDS;
  const set = words.flatMap((word): { word: Word; value: string }[] => {
    const value = filters[word];
    return value === undefined ? [] : [{ word, value }];
  });
  const without = (word: Word) => {
    const { [word]: _gone, ...rest } = filters;
    state.change({ filters: rest });
  };
  return (
    <ul aria-label={text.filters} className="flex min-h-7 min-w-0 flex-wrap items-center gap-1.5">
      {set.length === 0 && <li className="text-xs text-ink-faint">{tab === "cost" ? text.allShown : text.unfiltered}</li>}
      {set.map(({ word, value }) => (
        <li key={word} className="min-w-0">
          <button
            type="button"
            onClick={() => without(word)}
            className="inline-flex h-7 max-w-full items-center gap-1.5 rounded-full border border-line bg-accent-soft px-2.5 text-xs text-ink hover:border-accent"
          >
            <span className="sr-only">{text.removeFilter}</span>
            <span className="text-ink-soft">{text.words[word]}</span>
            <span className="foreign max-w-52 truncate font-medium">{nameOf(word, value, keys)}</span>
            <X className="size-3.5 shrink-0 text-ink-soft" aria-hidden />
          </button>
        </li>
      ))}
      {set.length > 1 && (
        <li>
          <Button kind="ghost" size="small" onClick={() => state.change({ filters: {} })}>
            {text.clear}
          </Button>
        </li>
      )}
    </ul>
  );
}
