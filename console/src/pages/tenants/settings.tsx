import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tenantsText } from "#text/tenants.ts";
import { patch } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { InputField, SelectField, TextareaField } from "../../ui/field.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { Danger } from "./danger.tsx";
import { errorOf, namesOrNull, numberOrNull, textOrNull } from "./form-values.ts";
import { tenantPath, type Tenant } from "./types.ts";

const text = tenantsText.settings;
const PARAMS = ["name", "tier", "region", "budgetUsd", "rpm", "tpm", "models", "contentPolicy", "context", "systemPrompt"];

const numberText = (value: number | null | undefined): string => (value === null || value === undefined ? "" : String(value));
const toDraft = (tenant: Tenant) => ({
  name: tenant.name,
  tier: tenant.tier ?? "",
  region: tenant.region ?? "",
  budget: numberText(tenant.budgetUsd),
  rpm: numberText(tenant.rpm),
  tpm: numberText(tenant.tpm),
  models: (tenant.models ?? []).join(", "),
  contentPolicy: tenant.contentPolicy,
  context: tenant.context ?? "",
  systemPrompt: tenant.systemPrompt ?? "",
});
type Draft = ReturnType<typeof toDraft>;

const toBody = (draft: Draft): Readonly<Record<string, unknown>> => ({
  name: draft.name.trim(),
  tier: textOrNull(draft.tier),
  region: textOrNull(draft.region),
  budgetUsd: numberOrNull(draft.budget),
  rpm: numberOrNull(draft.rpm),
  tpm: numberOrNull(draft.tpm),
  models: namesOrNull(draft.models),
  contentPolicy: draft.contentPolicy,
  context: textOrNull(draft.context),
  systemPrompt: draft.systemPrompt === "" ? null : draft.systemPrompt,
});

/** What differs: the rest is nobody's wish, and somebody else may change it meanwhile. */
function changesOf(tenant: Tenant, draft: Draft): Readonly<Record<string, unknown>> {
  const before = toBody(toDraft(tenant));
  return Object.fromEntries(
    Object.entries(toBody(draft)).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  );
}

export function Settings({ tenant }: { readonly tenant: Tenant }) {
  const [draft, setDraft] = useState(() => toDraft(tenant));
  const client = useQueryClient();
  const changes = changesOf(tenant, draft);
  const save = useMutation({
    mutationFn: () => patch<Tenant>(tenantPath(tenant.slug), changes),
    onSuccess: async (saved) => {
      client.setQueryData(["/admin/v1/tenants", tenant.slug], saved);
      setDraft(toDraft(saved));
      toast(text.saved);
      await client.invalidateQueries({ queryKey: ["/admin/v1/tenants"] });
    },
  });
  const isUnchanged = Object.keys(changes).length === 0;
  return (
    <>
      <Card title={text.title}>
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <SettingFields draft={draft} error={save.error} onChange={(part) => setDraft((before) => ({ ...before, ...part }))} />
          {save.error !== null && errorOf(save.error, ...PARAMS) === undefined && <ErrorState error={save.error} />}
          <div className="flex items-center gap-3">
            <Button kind="primary" type="submit" busy={save.isPending} disabled={isUnchanged}>
              {text.save}
            </Button>
            <span className="text-xs text-ink-faint">{isUnchanged ? text.nothing : Object.keys(changes).join(", ")}</span>
          </div>
        </form>
      </Card>
      <Danger tenant={tenant} />
    </>
  );
}

type FieldsProps = { readonly draft: Draft; readonly error: unknown; onChange(part: Partial<Draft>): void };

function SettingFields({ draft, error, onChange }: FieldsProps) {
  const of = (name: "name" | "tier" | "region" | "budget" | "rpm" | "tpm" | "models", param: string) => ({
    value: draft[name],
    onChange: (event: { readonly target: { readonly value: string } }) => onChange({ [name]: event.target.value }),
    error: errorOf(error, param),
  });
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <InputField label={tenantsText.name} {...of("name", "name")} required maxLength={200} />
      <InputField label={tenantsText.tier} hint={tenantsText.tierHint} {...of("tier", "tier")} />
      <InputField label={tenantsText.region} hint={tenantsText.regionHint} {...of("region", "region")} />
      <InputField label={text.budget} hint={text.budgetHint} type="number" min={0} step="any" {...of("budget", "budgetUsd")} />
      <InputField label={tenantsText.keys.fields.rpm} hint={text.none} type="number" min={1} {...of("rpm", "rpm")} />
      <InputField label={tenantsText.keys.fields.tpm} hint={text.none} type="number" min={1} {...of("tpm", "tpm")} />
      <InputField label={tenantsText.keys.fields.models} hint={text.modelsHint} {...of("models", "models")} />
      <SelectField
        label={text.contentPolicy}
        value={draft.contentPolicy}
        error={errorOf(error, "contentPolicy")}
        onChange={(event) => onChange({ contentPolicy: toContentPolicy(event.target.value) })}
      >
        {Object.entries(tenantsText.contents).map(([id, label]) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={text.context}
        value={draft.context}
        error={errorOf(error, "context")}
        onChange={(event) =>
          onChange({ context: event.target.value === "refuse" || event.target.value === "trim" ? event.target.value : "" })
        }
      >
        <option value="">{text.asRule}</option>
        <option value="refuse">refuse</option>
        <option value="trim">trim</option>
      </SelectField>
      <TextareaField
        label={text.systemPrompt}
        hint={text.systemPromptHint}
        className="sm:col-span-2 lg:col-span-3"
        rows={4}
        value={draft.systemPrompt}
        error={errorOf(error, "systemPrompt")}
        onChange={(event) => onChange({ systemPrompt: event.target.value })}
      />
    </div>
  );
}

const toContentPolicy = (value: string): Draft["contentPolicy"] =>
  value === "scrubbed-sample" || value === "scrubbed" || value === "full" ? value : "none";
