import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { tenantsText } from "#text/tenants.ts";
import { uiText } from "#text/ui.ts";
import { post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { errorOf } from "./form-values.ts";
import { AccessFields, EMPTY_KEY, KEY_PARAMS, LimitFields, OwnOnly, toBody, type KeyDraft } from "./key-fields.tsx";
import { tenantPath, type KeyMade } from "./types.ts";

const text = tenantsText.keys;
const FORM = "key-new";

export function CreateKey({ slug, onClose, onMade }: { readonly slug: string; onClose(): void; onMade(key: KeyMade): void }) {
  const [draft, setDraft] = useState(EMPTY_KEY);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => post<KeyMade>(`${tenantPath(slug)}/keys`, toBody(draft)),
    onSuccess: async (made) => {
      onMade(made);
      await client.invalidateQueries({ queryKey: [`${tenantPath(slug)}/keys`] });
    },
  });
  const change = (part: Partial<KeyDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { error } = create;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={text.new}
      description={text.createLead}
      footer={
        <>
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button kind="primary" type="submit" form={FORM} busy={create.isPending} disabled={draft.name.trim() === ""}>
            {text.create}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <WhoFields draft={draft} error={error} onChange={change} />
        <More
          label={text.limits}
          open={["budgetUsd", "rpm", "tpm", "models", "expiresAt", "region"].some((one) => errorOf(error, one) !== undefined)}
        >
          <LimitFields draft={draft} error={error} onChange={change} />
        </More>
        <More label={text.access} open={["groups", "clearance", "jurisdiction"].some((one) => errorOf(error, one) !== undefined)}>
          <AccessFields draft={draft} error={error} onChange={change} />
          <OwnOnly draft={draft} onChange={change} />
        </More>
        {error !== null && errorOf(error, ...KEY_PARAMS) === undefined && <ErrorState error={error} />}
      </form>
    </Dialog>
  );
}

type WhoProps = { readonly draft: KeyDraft; readonly error: unknown; onChange(change: Partial<KeyDraft>): void };

function WhoFields({ draft, error, onChange }: WhoProps) {
  return (
    <>
      <InputField
        label={text.fields.name}
        hint={text.fields.nameHint}
        value={draft.name}
        onChange={(event) => onChange({ name: event.target.value })}
        error={errorOf(error, "name")}
        maxLength={200}
        required
        autoFocus
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label={text.fields.role}
          value={draft.role}
          onChange={(event) => onChange({ role: event.target.value === "tenant-admin" ? "tenant-admin" : "member" })}
          error={errorOf(error, "role")}
        >
          {Object.entries(text.fields.roles).map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </SelectField>
        <InputField
          label={text.fields.team}
          hint={text.fields.teamHint}
          value={draft.team}
          onChange={(event) => onChange({ team: event.target.value })}
          error={errorOf(error, "team")}
        />
      </div>
    </>
  );
}

/** Fields that most keys do without. */
function More({ label, open, children }: { readonly label: string; readonly open: boolean; readonly children: ReactNode }) {
  return (
    <details className="rounded-md border border-line" open={open || undefined}>
      <summary className="cursor-pointer px-3 py-2 text-sm font-medium">{label}</summary>
      <div className="grid gap-3 border-t border-line p-3">{children}</div>
    </details>
  );
}
