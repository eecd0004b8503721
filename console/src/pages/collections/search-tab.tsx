import { useMutation } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState, type FormEvent } from "react";
import { searchText as text } from "#text/collection-search.ts";
import { post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Checkbox, InputField, SelectField } from "../../ui/field.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { FilterFields } from "./filter-fields.tsx";
import { NEW_SEARCH, toSearchBody, type SearchForm } from "./search-form.ts";
import { SearchResults } from "./search-results.tsx";
import { storePath, type Collection, type SearchPage } from "./types.ts";

/** What a question finds, and by which leg. */
export function SearchTab({ collection }: { readonly collection: Collection }) {
  const [form, setForm] = useState(NEW_SEARCH);
  const asked = useMutation({
    mutationFn: (body: SearchForm) => post<SearchPage>(`${storePath(collection.id)}/search`, toSearchBody(body)),
  });
  const search = (event: FormEvent) => {
    event.preventDefault();
    if (form.query.trim() !== "") asked.mutate(form);
  };
  return (
    <>
      <Card>
        <form className="grid gap-3" onSubmit={search}>
          <p className="text-sm text-ink-soft">{text.say}</p>
          <div className="flex items-end gap-2">
            <InputField
              className="min-w-0 flex-1"
              label={text.query}
              value={form.query}
              maxLength={4000}
              onChange={(event) => setForm({ ...form, query: event.target.value })}
            />
            <Button kind="primary" type="submit" busy={asked.isPending} disabled={form.query.trim() === ""}>
              <Search className="size-4" aria-hidden />
              {text.search}
            </Button>
          </div>
          <Options form={form} onChange={setForm} />
          <FilterFields rows={form.filters} onChange={(filters) => setForm({ ...form, filters })} />
        </form>
      </Card>
      <Card title={text.results} flush>
        {asked.isPending ? (
          <SkeletonRows />
        ) : asked.error === null ? (
          asked.data === undefined ? (
            <EmptyState title={text.start}>{text.startSay}</EmptyState>
          ) : (
            <SearchResults store={collection.id} page={asked.data} />
          )
        ) : (
          <div className="p-4">
            <ErrorState error={asked.error} />
          </div>
        )}
      </Card>
    </>
  );
}

type OptionsProps = { readonly form: SearchForm; onChange(form: SearchForm): void };
function Options({ form, onChange }: OptionsProps) {
  return (
    <div className="flex flex-wrap items-end gap-3">
      <SelectField
        label={text.mode}
        value={form.mode}
        onChange={({ target }) => onChange({ ...form, mode: MODES.find((mode) => mode === target.value) ?? "both" })}
      >
        {MODES.map((mode) => (
          <option key={mode} value={mode}>
            {text.modes[mode]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={text.fusion}
        value={form.fusion}
        onChange={({ target }) => onChange({ ...form, fusion: FUSIONS.find((fusion) => fusion === target.value) ?? "collection" })}
      >
        {FUSIONS.map((fusion) => (
          <option key={fusion} value={fusion}>
            {text.fusions[fusion]}
          </option>
        ))}
      </SelectField>
      <Checkbox
        className="h-8"
        label={text.quality}
        checked={form.quality}
        onChange={(event) => onChange({ ...form, quality: event.target.checked })}
      />
    </div>
  );
}
const MODES = ["both", "words", "vectors", "even"] as const;
const FUSIONS = ["collection", "rank", "score"] as const;
