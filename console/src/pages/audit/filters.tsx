import { useEffect, useState } from "react";
import { auditText as text } from "#text/audit.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";

/** What is looked for; every part of it lives in the address. */
export type Filters = {
  readonly category: string;
  readonly from: string;
  readonly to: string;
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly requestId: string;
};
type Setters = { readonly [Name in keyof Filters]: (value: string) => void };

export function useFilters(): { readonly filters: Filters; readonly set: Setters } {
  const [category, setCategory] = useSearchText("category", "calls");
  const [from, setFrom] = useSearchText("from");
  const [to, setTo] = useSearchText("to");
  const [actor, setActor] = useSearchText("actor");
  const [action, setAction] = useSearchText("action");
  const [outcome, setOutcome] = useSearchText("outcome");
  const [requestId, setRequestId] = useSearchText("request");
  return {
    filters: { category, from, to, actor, action, outcome, requestId },
    set: {
      category: setCategory,
      from: setFrom,
      to: setTo,
      actor: setActor,
      action: setAction,
      outcome: setOutcome,
      requestId: setRequestId,
    },
  };
}

const OUTCOMES = { calls: ["finished", "failed", "aborted", "refused"], decisions: ["granted", "denied"] } as const;

export function FilterBar({ filters, set, onClear }: { readonly filters: Filters; readonly set: Setters; onClear(): void }) {
  const outcomes = filters.category === "calls" ? OUTCOMES.calls : OUTCOMES.decisions;
  const isFiltered = Object.entries(filters).some(([name, value]) => name !== "category" && value !== "");
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      <SelectField
        label={text.show}
        value={filters.category}
        onChange={(event) => {
          set.category(event.target.value);
          if (filters.outcome !== "") set.outcome("");
        }}
      >
        {Object.entries(text.categories).map(([id, label]) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
      <InputField label={text.from} type="date" value={filters.from} onChange={(event) => set.from(event.target.value)} />
      <InputField label={text.until} type="date" value={filters.to} onChange={(event) => set.to(event.target.value)} />
      <TypedField label={text.actor} placeholder={text.actorHint} value={filters.actor} onSettled={set.actor} />
      <TypedField label={text.action} value={filters.action} onSettled={set.action} />
      <SelectField label={text.outcome} value={filters.outcome} onChange={(event) => set.outcome(event.target.value)}>
        <option value="">{text.any}</option>
        {outcomes.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </SelectField>
      <TypedField label={text.requestId} placeholder="req_…" value={filters.requestId} onSettled={set.requestId} />
      <Button kind="ghost" className="self-end justify-self-start" disabled={!isFiltered} onClick={onClear}>
        {text.clear}
      </Button>
    </div>
  );
}

/** Asked for when typing rests, or at once by Enter. */
const REST_MS = 350;

function TypedField({
  label,
  value,
  placeholder,
  onSettled,
}: {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  onSettled(value: string): void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onSettled(typed.trim()), REST_MS);
    return () => clearTimeout(timer);
  }, [onSettled, typed, value]);
  return (
    <InputField
      label={label}
      value={typed}
      placeholder={placeholder}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onSettled(typed.trim());
      }}
    />
  );
}
