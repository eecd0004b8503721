import type { z } from "zod";
import { playgroundText as text } from "#text/playground.ts";
import type { vectorStore } from "../../../../src/contract/answer-knowledge.ts";
import { usePaged } from "../../api/paged.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Field, InputField, SelectField, Textarea, TextareaField } from "../../ui/field.tsx";
import { Inspector } from "./inspector.tsx";
import { problemsOf } from "./request.ts";
import { NO_SETTINGS, setSettings } from "./store.ts";
import type { Settings } from "./types.ts";

type Store = z.infer<typeof vectorStore>;

const TOOLS_EXAMPLE = JSON.stringify(
  [
    {
      name: "weather",
      description: "The weather in a city, now.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
    },
  ],
  null,
  2,
);
const SCHEMA_EXAMPLE = JSON.stringify(
  {
    type: "object",
    properties: { title: { type: "string" }, points: { type: "array", items: { type: "string" } } },
    required: ["title", "points"],
    additionalProperties: false,
  },
  null,
  2,
);

export function SettingsPanel({ settings, onClose }: { readonly settings: Settings; onClose(): void }) {
  const problems = problemsOf(settings);
  const isWrong = (field: keyof Settings): boolean => problems.some((problem) => problem.field === field);
  return (
    <Inspector
      title={text.settings}
      onClose={onClose}
      actions={
        <Button size="small" kind="ghost" onClick={() => setSettings(NO_SETTINGS)}>
          {text.reset}
        </Button>
      }
    >
      <div className="grid gap-4">
        <Area label={text.system} hint={text.systemHint} value={settings.system} onChange={(system) => setSettings({ system })} rows={4} />
        <Documents settings={settings} />
        <Parameters settings={settings} isWrong={isWrong} />
        <Form settings={settings} wrong={isWrong("schema")} />
        <CodeField
          label={text.tools}
          hint={text.toolsHint}
          value={settings.tools}
          error={isWrong("tools") ? text.toolsWrong : undefined}
          onChange={(tools) => setSettings({ tools })}
          example={settings.tools === "" ? [text.toolsExample, TOOLS_EXAMPLE] : undefined}
        />
      </div>
    </Inspector>
  );
}

type AreaProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  onChange(value: string): void;
  readonly rows: number;
};
function Area({ value, onChange, ...rest }: AreaProps) {
  return <TextareaField {...rest} value={value} onChange={(event) => onChange(event.target.value)} />;
}

function Documents({ settings }: { readonly settings: Settings }) {
  const reads = useMay("collections.read");
  const { rows } = usePaged<Store>("/v1/vector_stores", { limit: 100 }, { enabled: reads });
  if (!reads) return null;
  return (
    <div className="grid gap-2">
      <SelectField label={text.documents} value={settings.collection} onChange={(event) => setSettings({ collection: event.target.value })}>
        <option value="">{text.noDocuments}</option>
        {rows.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      {settings.collection !== "" && (
        <SelectField
          label={text.ragMode}
          value={settings.ragMode}
          onChange={(event) => {
            const mode = (["fast", "quality", "keyword"] as const).find((each) => each === event.target.value);
            if (mode !== undefined) setSettings({ ragMode: mode });
          }}
        >
          {Object.entries(text.ragModes).map(([mode, label]) => (
            <option key={mode} value={mode}>
              {label}
            </option>
          ))}
        </SelectField>
      )}
    </div>
  );
}

const NUMBERS = ["temperature", "topP", "maxTokens", "seed"] as const;

function Parameters({ settings, isWrong }: { readonly settings: Settings; isWrong(field: keyof Settings): boolean }) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-xs font-semibold text-ink-faint">{text.parameters}</legend>
      <div className="grid grid-cols-2 items-start gap-2">
        {NUMBERS.map((field) => (
          <NumberInput
            key={field}
            label={text[field]}
            value={settings[field]}
            error={isWrong(field) ? text.number[field] : undefined}
            onChange={(value) => setSettings({ [field]: value })}
          />
        ))}
      </div>
      <Area label={text.stopWords} hint={text.stopHint} value={settings.stop} onChange={(stop) => setSettings({ stop })} rows={2} />
    </fieldset>
  );
}

type NumberInputProps = {
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  onChange(value: string): void;
};
function NumberInput({ label, value, error, onChange }: NumberInputProps) {
  return (
    <InputField
      label={label}
      value={value}
      error={error}
      inputMode="decimal"
      placeholder={text.asTheServer}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Form({ settings, wrong }: { readonly settings: Settings; readonly wrong: boolean }) {
  return (
    <div className="grid gap-2">
      <SelectField
        label={text.structured}
        value={settings.form}
        onChange={(event) => {
          const form = (["text", "object", "schema"] as const).find((each) => each === event.target.value);
          if (form !== undefined) setSettings({ form });
        }}
      >
        {Object.entries(text.forms).map(([form, label]) => (
          <option key={form} value={form}>
            {label}
          </option>
        ))}
      </SelectField>
      {settings.form === "schema" && (
        <CodeField
          label={text.schema}
          value={settings.schema}
          error={wrong ? text.schemaWrong : undefined}
          onChange={(schema) => setSettings({ schema })}
          example={settings.schema === "" ? [text.schemaExample, SCHEMA_EXAMPLE] : undefined}
        />
      )}
    </div>
  );
}

type CodeFieldProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly error: string | undefined;
  onChange(value: string): void;
  /** A button's words, and what it puts in. */
  readonly example: readonly [string, string] | undefined;
};
function CodeField({ label, hint, value, error, onChange, example }: CodeFieldProps) {
  return (
    <div className="grid gap-1.5">
      <Field label={label} hint={hint} error={error}>
        {(control) => (
          <Textarea
            {...control}
            rows={6}
            spellCheck={false}
            className="font-mono !text-xs"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {example !== undefined && (
        <Button size="small" className="justify-self-start" onClick={() => onChange(example[1])}>
          {example[0]}
        </Button>
      )}
    </div>
  );
}
