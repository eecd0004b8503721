import { useQuery } from "@tanstack/react-query";
import { collectionSettingsText as text } from "#text/collections.ts";
import { get } from "../../api/client.ts";
import { Checkbox, InputField, SelectField } from "../../ui/field.tsx";
import type { ReactNode } from "react";
import { STRATEGIES, STRATEGY_SIZES, type SettingsForm } from "./settings-form.ts";
import type { WireModel } from "../../../../src/contract/answer-call.ts";

/** Models of kind embedding, as the caller may use them. */
export function useEmbeddingModels(): readonly string[] {
  const { data } = useQuery({
    queryKey: ["/v1/models"],
    queryFn: ({ signal }) => get<{ data: readonly WireModel[] }>("/v1/models", undefined, signal),
    staleTime: 60_000,
  });
  return (data?.data ?? []).flatMap(({ id, weir }) => (weir.kind === "model" && weir.capabilities?.embeddings === true ? [id] : []));
}

type FieldsProps = { readonly form: SettingsForm; onChange(form: SettingsForm): void };

/** Every choice of a collection, each with what it means. */
export const SettingsFields = (props: FieldsProps) => (
  <div className="grid gap-4 sm:grid-cols-2">
    <CuttingFields {...props} />
    <EmbeddingField {...props} />
    <FusionFields {...props} />
    <InputField
      label={text.languages}
      hint={text.languagesHint}
      value={props.form.languages}
      onChange={(event) => props.onChange({ ...props.form, languages: event.target.value })}
    />
    <InputField
      label={text.days}
      hint={text.daysHint}
      type="number"
      min={1}
      max={365}
      value={props.form.days}
      onChange={(event) => props.onChange({ ...props.form, days: event.target.value })}
    />
    <Choices {...props} />
  </div>
);

function CuttingFields({ form, onChange }: FieldsProps) {
  const { strategy } = form;
  const number = (key: "tokens" | "overlap" | "parentTokens", label: string, shown: boolean) =>
    shown && (
      <InputField
        label={label}
        type="number"
        min={0}
        required
        value={form[key]}
        onChange={(event) => onChange({ ...form, [key]: event.target.value })}
      />
    );
  return (
    <>
      <div className="grid content-start gap-3">
        <SelectField
          label={text.chunking}
          hint={text.chunkingHint}
          value={strategy}
          onChange={(event) => {
            const next = STRATEGIES.find((one) => one === event.target.value);
            onChange({ ...form, strategy: next ?? "", ...(next === undefined ? {} : STRATEGY_SIZES[next]) });
          }}
        >
          <option value="">{text.asConfigured}</option>
          {STRATEGIES.map((one) => (
            <option key={one} value={one}>
              {text.strategies[one]}
            </option>
          ))}
        </SelectField>
        {strategy !== "" && (
          <div className="grid grid-cols-2 gap-3">
            {number("tokens", text.tokens, true)}
            {number("overlap", text.overlap, strategy === "fixed" || strategy === "sentence")}
            {number("parentTokens", text.parentTokens, strategy === "parent-child")}
          </div>
        )}
      </div>
      <SelectField
        label={text.context}
        hint={text.contextHint}
        value={form.context}
        onChange={({ target }) => onChange({ ...form, context: oneOf(target.value, ["none", "structure", "model"]) })}
      >
        <option value="">{text.asConfigured}</option>
        <option value="none">{text.contexts.none}</option>
        <option value="structure">{text.contexts.structure}</option>
        <option value="model">{text.contexts.model}</option>
      </SelectField>
    </>
  );
}

function EmbeddingField({ form, onChange }: FieldsProps) {
  const models = useEmbeddingModels();
  const known =
    form.embedding === "" || form.embedding === "none" || models.includes(form.embedding) ? models : [form.embedding, ...models];
  return (
    <SelectField
      label={text.embedding}
      hint={text.embeddingHint}
      value={form.embedding}
      onChange={({ target }) => onChange({ ...form, embedding: target.value })}
    >
      <option value="">{text.asConfigured}</option>
      <option value="none">{text.wordsOnly}</option>
      {known.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}

function FusionFields({ form, onChange }: FieldsProps) {
  const weight = (key: "questionWeight" | "keywordWeight", label: string) => (
    <InputField
      label={label}
      type="number"
      min={0}
      max={1}
      step={0.05}
      required
      value={form[key]}
      onChange={(event) => onChange({ ...form, [key]: event.target.value })}
    />
  );
  return (
    <div className="grid content-start gap-3">
      <SelectField
        label={text.fusion}
        hint={text.fusionHint}
        value={form.fusion}
        onChange={({ target }) => {
          const fusion = oneOf(target.value, ["rank", "score"]);
          onChange({ ...form, fusion, ...(form.questionWeight === "" ? { questionWeight: "0.7", keywordWeight: "0.3" } : {}) });
        }}
      >
        <option value="">{text.asConfigured}</option>
        <option value="rank">{text.fusions.rank}</option>
        <option value="score">{text.fusions.score}</option>
      </SelectField>
      {form.fusion !== "" && (
        <div className="grid grid-cols-2 gap-3">
          {weight("questionWeight", text.questionWeight)}
          {weight("keywordWeight", text.keywordWeight)}
        </div>
      )}
    </div>
  );
}

const CHOICES = [
  ["trust", text.trust, text.trustHint],
  ["highStakes", text.highStakes, text.highStakesHint],
  ["compress", text.compress, text.compressHint],
] as const;

const Choices = ({ form, onChange }: FieldsProps) => (
  <div className="grid gap-4 sm:col-span-2 md:grid-cols-3">
    {CHOICES.map(([key, label, hint]) => (
      <Choice key={key} hint={hint}>
        <Checkbox label={label} checked={form[key]} onChange={(event) => onChange({ ...form, [key]: event.target.checked })} />
      </Choice>
    ))}
  </div>
);

const Choice = ({ hint, children }: { readonly hint: string; readonly children: ReactNode }) => (
  <div>
    {children}
    <p className="pl-6 text-xs text-ink-faint">{hint}</p>
  </div>
);

/** One of the choices, or the configuration's. */
const oneOf = <T extends string>(value: string, choices: readonly T[]): T | "" => choices.find((choice) => choice === value) ?? "";
