import { tenantsText } from "#text/tenants.ts";
import { Checkbox, InputField, SelectField } from "../../ui/field.tsx";
import { errorOf, namesOrNull, numberOrNull, textOrNull } from "./form-values.ts";

const text = tenantsText.keys.fields;

/** A key as it is typed in. */
export type KeyDraft = {
  readonly name: string;
  readonly role: "member" | "tenant-admin";
  readonly team: string;
  readonly budget: string;
  readonly rpm: string;
  readonly tpm: string;
  readonly models: string;
  readonly expires: string;
  readonly region: string;
  readonly own: boolean;
} & AccessDraft;
export type AccessDraft = { readonly groups: string; readonly clearance: string; readonly jurisdiction: string };

export const EMPTY_KEY: KeyDraft = {
  name: "",
  role: "member",
  team: "",
  budget: "",
  rpm: "",
  tpm: "",
  models: "",
  expires: "",
  region: "",
  own: false,
  groups: "",
  clearance: "",
  jurisdiction: "",
};

export const toAccess = ({ groups, clearance, jurisdiction }: AccessDraft) => ({
  groups: namesOrNull(groups),
  clearance: textOrNull(clearance),
  jurisdiction: textOrNull(jurisdiction),
});

/** As the API takes it. A day ends with it, UTC. */
export const toBody = (draft: KeyDraft) => ({
  name: draft.name.trim(),
  role: draft.role,
  team: textOrNull(draft.team),
  budgetUsd: numberOrNull(draft.budget),
  rpm: numberOrNull(draft.rpm),
  tpm: numberOrNull(draft.tpm),
  models: namesOrNull(draft.models),
  expiresAt: draft.expires === "" ? null : `${draft.expires}T23:59:59Z`,
  region: textOrNull(draft.region),
  ownDocumentsOnly: draft.own,
  ...toAccess(draft),
});

/** Fields whose errors stand beside them. */
export const KEY_PARAMS = [
  "name",
  "role",
  "team",
  "budgetUsd",
  "rpm",
  "tpm",
  "models",
  "expiresAt",
  "region",
  "groups",
  "clearance",
  "jurisdiction",
];

type Fields<D> = { readonly draft: D; readonly error: unknown; onChange(change: Partial<D>): void };

export function LimitFields({ draft, error, onChange }: Fields<KeyDraft>) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <InputField
        label={text.budget}
        type="number"
        min={0}
        step="any"
        value={draft.budget}
        onChange={(event) => onChange({ budget: event.target.value })}
        error={errorOf(error, "budgetUsd")}
      />
      <InputField
        label={text.expires}
        type="date"
        value={draft.expires}
        onChange={(event) => onChange({ expires: event.target.value })}
        error={errorOf(error, "expiresAt")}
      />
      <InputField
        label={text.rpm}
        type="number"
        min={1}
        value={draft.rpm}
        onChange={(event) => onChange({ rpm: event.target.value })}
        error={errorOf(error, "rpm")}
      />
      <InputField
        label={text.tpm}
        type="number"
        min={1}
        value={draft.tpm}
        onChange={(event) => onChange({ tpm: event.target.value })}
        error={errorOf(error, "tpm")}
      />
      <InputField
        label={text.models}
        hint={text.modelsHint}
        value={draft.models}
        onChange={(event) => onChange({ models: event.target.value })}
        error={errorOf(error, "models")}
      />
      <InputField
        label={text.region}
        hint={text.regionHint}
        value={draft.region}
        onChange={(event) => onChange({ region: event.target.value })}
        error={errorOf(error, "region")}
      />
    </div>
  );
}

const CLEARANCES = ["public", "internal", "confidential", "restricted"];

export function AccessFields({
  draft,
  error,
  onChange,
}: {
  readonly draft: AccessDraft;
  readonly error: unknown;
  onChange(change: Partial<AccessDraft>): void;
}) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <InputField
        label={text.groups}
        hint={text.groupsHint}
        value={draft.groups}
        onChange={(event) => onChange({ groups: event.target.value })}
        error={errorOf(error, "groups")}
      />
      <SelectField
        label={text.clearance}
        hint={text.clearanceHint}
        value={draft.clearance}
        onChange={(event) => onChange({ clearance: event.target.value })}
        error={errorOf(error, "clearance")}
      >
        <option value="">{text.clearanceNone}</option>
        {CLEARANCES.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </SelectField>
      <InputField
        label={text.jurisdiction}
        hint={text.jurisdictionHint}
        value={draft.jurisdiction}
        onChange={(event) => onChange({ jurisdiction: event.target.value })}
        error={errorOf(error, "jurisdiction")}
      />
    </div>
  );
}

export const OwnOnly = ({ draft, onChange }: Omit<Fields<KeyDraft>, "error">) => (
  <Checkbox label={text.own} checked={draft.own} onChange={(event) => onChange({ own: event.target.checked })} />
);
