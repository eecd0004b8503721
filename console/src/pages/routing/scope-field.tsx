import { useEffect, useState } from "react";
import { routingText as text } from "#text/routing.ts";
import { useMay } from "../../app/me.ts";
import { InputField } from "../../ui/field.tsx";
import { useTenants } from "./explain.tsx";

/** Whose: a tenant's, or the platform's own where nothing is written. It counts when the field is left, or one of the list is chosen. */
export function ScopeField({ value, onChange }: { readonly value: string; onChange(value: string): void }) {
  const tenants = useTenants(useMay("tenants.list"));
  const [written, setWritten] = useState(value);
  useEffect(() => setWritten(value), [value]);
  const names = tenants.data?.data.map(({ slug }) => slug) ?? [];
  const write = (next: string) => {
    setWritten(next);
    if (next === "" || names.includes(next)) onChange(next);
  };
  return (
    <>
      <InputField
        label={text.scope}
        placeholder={text.platform}
        value={written}
        list="scope-tenants"
        autoComplete="off"
        title={text.scopeHint}
        onChange={(event) => write(event.target.value)}
        onBlur={() => onChange(written)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onChange(written);
        }}
      />
      <datalist id="scope-tenants">
        {tenants.data?.data.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
