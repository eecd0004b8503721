import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { routingText as text } from "#text/routing.ts";
import { get, post } from "../../api/client.ts";
import { useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Checkbox, InputField, TextareaField } from "../../ui/field.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Explanation } from "./explanation.tsx";
import type { RouteExplanation } from "./types.ts";
import { useRoutes } from "./words.tsx";

type Tenants = { readonly data: readonly { readonly slug: string; readonly name: string }[] };
const TENANTS_MAX = 1000;
export const useTenants = (enabled: boolean) =>
  useQuery({
    queryKey: ["/admin/v1/tenants", "names"],
    enabled,
    staleTime: 60_000,
    queryFn: ({ signal }) => get<Tenants>("/admin/v1/tenants", { limit: TENANTS_MAX }, signal),
  });

const TOOL = { type: "function", function: { name: "look_up", parameters: { type: "object", properties: {} } } };

type Asked = {
  readonly tenant: string;
  readonly model: string;
  readonly prompt: string;
  readonly feature: string;
  readonly key: string;
  readonly tools: boolean;
  readonly rag: boolean;
  readonly json: boolean;
};

const orLeftOut = (name: string, value: string): Record<string, string> => (value === "" ? {} : { [name]: value });

const toBody = ({ tenant, model, prompt, feature, key, tools, rag, json }: Asked, routes: unknown) => ({
  tenant,
  model,
  messages: [{ role: "user", content: prompt }],
  ...orLeftOut("feature", feature),
  ...orLeftOut("key", key),
  ...(tools ? { tools: [TOOL] } : {}),
  ...(rag ? { rag: { enabled: true } } : {}),
  ...(json ? { response_format: { type: "json_object" } } : {}),
  ...(routes === undefined ? {} : { routes }),
});

type ExplainProps = { /** Of a draft. */ readonly routes?: unknown; readonly ready?: boolean };

/** Which rule would take a request, and why: under the rules that count, or under a draft's. */
export function Explain({ routes, ready = true }: ExplainProps) {
  const { data: me } = useMe();
  const [tenant, setTenant] = useSearchText("for", me?.tenant?.slug ?? "");
  const [model, setModel] = useSearchText("model", "auto");
  const [rest, setRest] = useState<Omit<Asked, "tenant" | "model">>(NOTHING);
  const asked = { tenant, model, ...rest };
  const asking = useMutation({ mutationFn: () => post<RouteExplanation>("/admin/v1/routes/explain", toBody(asked, routes)) });
  const change = ({ tenant: nextTenant, model: nextModel, ...next }: Partial<Asked>) => {
    if (nextTenant !== undefined) setTenant(nextTenant);
    if (nextModel !== undefined) setModel(nextModel);
    setRest({ ...rest, ...next });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    asking.mutate();
  };
  return (
    <Card title={text.explain}>
      <p className="mb-3 text-xs text-ink-faint">{routes === undefined ? text.explainLead : text.explainDraftLead}</p>
      <form className="grid gap-3" onSubmit={submit}>
        <WhoFields asked={asked} onChange={change} />
        <WhatFields asked={asked} onChange={change} />
        <div className="flex justify-end">
          <Button type="submit" kind="primary" busy={asking.isPending} disabled={!ready}>
            {text.run}
          </Button>
        </div>
      </form>
      <div className="mt-4 border-t border-line pt-4" aria-live="polite">
        {asking.error !== null && <ErrorState error={asking.error} />}
        {asking.error === null && asking.data !== undefined && <Explanation of={asking.data} />}
        {asking.error === null && asking.data === undefined && <EmptyState title={text.nothingYet} />}
      </div>
    </Card>
  );
}

const NOTHING = { prompt: "", feature: "", key: "", tools: false, rag: false, json: false };
type FieldsProps = { readonly asked: Asked; onChange(change: Partial<Asked>): void };

function WhoFields({ asked: { tenant, model }, onChange }: FieldsProps) {
  const known = useRoutes();
  const tenants = useTenants(true);
  const models = [...(known.data?.routes ?? []), ...(known.data?.models ?? []).filter(({ chats }) => chats)];
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <InputField
        label={text.tenant}
        value={tenant}
        onChange={(event) => onChange({ tenant: event.target.value })}
        list="explain-tenants"
        required
        autoComplete="off"
      />
      <InputField
        label={text.model}
        value={model}
        onChange={(event) => onChange({ model: event.target.value })}
        list="explain-models"
        required
        autoComplete="off"
      />
      <datalist id="explain-tenants">
        {tenants.data?.data.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </datalist>
      <datalist id="explain-models">
        {models.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}

function WhatFields({ asked: { prompt, feature, key, tools, rag, json }, onChange }: FieldsProps) {
  return (
    <>
      <TextareaField
        label={text.prompt}
        value={prompt}
        onChange={(event) => onChange({ prompt: event.target.value })}
        rows={4}
        required
        dir="auto"
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <InputField
          label={text.feature}
          value={feature}
          onChange={(event) => onChange({ feature: event.target.value })}
          placeholder="x-weir-feature"
          autoComplete="off"
        />
        <InputField
          label={text.key}
          value={key}
          onChange={(event) => onChange({ key: event.target.value })}
          placeholder="key_…"
          title={text.keyHint}
          autoComplete="off"
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Checkbox label={text.withTool} checked={tools} onChange={() => onChange({ tools: !tools })} />
        <Checkbox label={text.withDocuments} checked={rag} onChange={() => onChange({ rag: !rag })} />
        <Checkbox label={text.withJson} checked={json} onChange={() => onChange({ json: !json })} />
      </div>
    </>
  );
}
