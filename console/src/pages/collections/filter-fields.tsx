import { Plus, X } from "lucide-react";
import { searchText as text } from "#text/collection-search.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { COMPARISONS, type FilterRow } from "./search-form.ts";

type FilterFieldsProps = { readonly rows: readonly FilterRow[]; onChange(rows: readonly FilterRow[]): void };

/** Conditions on the documents' attributes, all of which must hold. */
export function FilterFields({ rows, onChange }: FilterFieldsProps) {
  const change = (id: number, to: Partial<FilterRow>) => onChange(rows.map((row) => (row.id === id ? { ...row, ...to } : row)));
  const add = () => onChange([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, key: "", type: "eq", value: "" }]);
  return (
    <fieldset className="grid gap-2">
      <legend className="sr-only">{text.filters}</legend>
      {rows.map((row) => (
        <div key={row.id} className="grid max-w-2xl grid-cols-[minmax(0,1fr)_8rem_minmax(0,1fr)_auto] gap-2">
          <InputField
            hideLabel
            label={text.attribute}
            placeholder={text.attribute}
            value={row.key}
            maxLength={64}
            onChange={(event) => change(row.id, { key: event.target.value })}
          />
          <SelectField
            hideLabel
            label={text.is}
            value={row.type}
            onChange={({ target }) => change(row.id, { type: COMPARISONS.find((one) => one === target.value) ?? "eq" })}
          >
            {COMPARISONS.map((one) => (
              <option key={one} value={one}>
                {text.comparisons[one]}
              </option>
            ))}
          </SelectField>
          <InputField
            hideLabel
            label={text.value}
            placeholder={text.value}
            value={row.value}
            maxLength={512}
            onChange={(event) => change(row.id, { value: event.target.value })}
          />
          <IconButton label={text.removeFilter} onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}>
            <X className="size-4" aria-hidden />
          </IconButton>
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" onClick={add}>
          <Plus className="size-3.5" aria-hidden />
          {text.addFilter}
        </Button>
        {rows.length > 0 && <span className="text-xs text-ink-faint">{text.filtersSay}</span>}
      </div>
    </fieldset>
  );
}
