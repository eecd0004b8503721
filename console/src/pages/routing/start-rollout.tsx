import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { routingText as text } from "#text/routing.ts";
import { get, post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Rollout } from "./types.ts";
import { useRoutes } from "./words.tsx";

type Props = {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
  /** Of the routes; absent: a model, or a tenant's prompt, is chosen here. */
  readonly version?: string;
  readonly tenant?: string | undefined;
};
type Prompts = {
  readonly data: readonly { readonly id: string; readonly name: string; readonly version: number; readonly environment: string }[];
};

const UNITS: readonly Rollout["unit"][] = ["end-user", "principal", "conversation"];
const DEFAULT_STEPS = "5, 20, 50, 100";

/** Begins a rollout with the gates that the server has unless told. */
export function StartRollout({ open, onOpenChange, version, tenant }: Props) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  // Where calls go is for who may approve policies; a tenant's own people roll out its prompts.
  const mayMoveCalls = useMay("policies.approve");
  const [chosen, setChosen] = useState<Draft>(() => ({
    kind: mayMoveCalls ? "model" : "prompt",
    model: "auto",
    to: "",
    prompt: "",
    unit: "end-user",
    steps: DEFAULT_STEPS,
  }));
  const draft: Draft = version === undefined ? chosen : { ...chosen, kind: "policy" };
  const { kind, model, to, prompt, unit, steps } = draft;
  const change = (next: Partial<Draft>) => setChosen({ ...chosen, ...next });
  const start = async () => {
    const shares = steps
      .split(/[\s,]+/)
      .filter((part) => part !== "")
      .map(Number);
    const what = kind === "model" ? { model, to } : { version: version ?? prompt };
    const made = await post<Rollout>("/admin/v1/rollouts", {
      kind,
      ...what,
      ...(kind === "policy" ? {} : { tenant }),
      unit,
      steps: shares,
    });
    toast(text.rolloutStarted);
    await queries.invalidateQueries({ queryKey: ["/admin/v1/rollouts"] });
    const search = tenant === undefined || kind === "policy" ? {} : { tenant };
    await navigate({ to: "/routing/rollouts/$id", params: { id: made.id }, search });
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={text.newRollout}
      description={text.startSay}
      action={text.start}
      onConfirm={start}
    >
      <div className="grid gap-3">
        {version === undefined && (
          <SelectField
            label={text.what}
            value={kind}
            onChange={(event) => change({ kind: event.target.value === "prompt" ? "prompt" : "model" })}
          >
            {mayMoveCalls && <option value="model">{text.rolloutKinds.model}</option>}
            {tenant !== undefined && <option value="prompt">{text.rolloutKinds.prompt}</option>}
          </SelectField>
        )}
        {kind === "model" && <ModelFields draft={draft} onChange={change} />}
        {kind === "prompt" && <PromptField draft={draft} onChange={change} tenant={tenant} />}
        <PaceFields draft={draft} onChange={change} />
      </div>
    </ConfirmDialog>
  );
}

type Draft = {
  readonly kind: Rollout["kind"];
  readonly model: string;
  readonly to: string;
  readonly prompt: string;
  readonly unit: Rollout["unit"];
  readonly steps: string;
};
type FieldsProps = { readonly draft: Draft; onChange(change: Partial<Draft>): void };

function ModelFields({ draft: { model, to }, onChange }: FieldsProps) {
  const routes = useRoutes(useMay("operate"));
  const names = routes.data?.models.filter(({ chats }) => chats).map(({ name }) => name) ?? [];
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <InputField
        label={text.modelFrom}
        value={model}
        onChange={(event) => onChange({ model: event.target.value })}
        list="rollout-from"
        autoComplete="off"
      />
      <InputField
        label={text.to}
        value={to}
        onChange={(event) => onChange({ to: event.target.value })}
        list="rollout-to"
        autoComplete="off"
      />
      <datalist id="rollout-from">
        {[...(routes.data?.routes.map(({ name }) => name) ?? []), ...names].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id="rollout-to">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}

/** How fast, and for whom. */
const PaceFields = ({ draft: { steps, unit }, onChange }: FieldsProps) => (
  <div className="grid gap-3 sm:grid-cols-2">
    <InputField
      label={text.stepsLabel}
      hint={text.stepsHint}
      value={steps}
      onChange={(event) => onChange({ steps: event.target.value })}
      autoComplete="off"
    />
    <SelectField
      label={text.unit}
      value={unit}
      onChange={(event) => onChange({ unit: UNITS.find((each) => each === event.target.value) ?? "end-user" })}
    >
      {UNITS.map((each) => (
        <option key={each} value={each}>
          {text.units[each]}
        </option>
      ))}
    </SelectField>
  </div>
);

function PromptField({ draft: { prompt }, onChange, tenant }: FieldsProps & { readonly tenant: string | undefined }) {
  const prompts = useQuery({
    queryKey: ["/admin/v1/prompts", tenant],
    enabled: tenant !== undefined,
    queryFn: ({ signal }) => get<Prompts>("/admin/v1/prompts", { tenant, limit: 100 }, signal),
  });
  return (
    <SelectField label={text.versionLabel} value={prompt} onChange={(event) => onChange({ prompt: event.target.value })}>
      <option value="" />
      {prompts.data?.data
        .filter(({ environment }) => environment !== "production")
        .map(({ id, name, version }) => (
          <option key={id} value={id}>
            {`${name} ${version}`}
          </option>
        ))}
    </SelectField>
  );
}
