import { Plus, X } from "lucide-react";
import { useState, type FormEvent } from "react";
import { accessText } from "#text/collections.ts";
import { attributesText as text } from "#text/collection-files.ts";
import { uiText } from "#text/ui.ts";
import { post } from "../../api/client.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Drawer } from "../../ui/dialog.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import {
  findProblems,
  fromAttributesForm,
  toAttributesForm,
  type AttributesForm,
  type OwnAttribute,
  type Reserved,
} from "./attributes-form.ts";
import { FailureNote } from "./failure-note.tsx";
import { filePath, type CollectionFile } from "./types.ts";

type AttributesDrawerProps = { readonly store: string; readonly file: CollectionFile; onClose(): void; onSaved(): void };

/** Who finds a document, and what it can be filtered by. */
export function AttributesDrawer({ store, file, onClose, onSaved }: AttributesDrawerProps) {
  const [form, setForm] = useState(() => toAttributesForm(file.attributes));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      await post(filePath(store, file.id), { attributes: fromAttributesForm(form) });
      toast(text.saved);
      onSaved();
      onClose();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Drawer
      open
      onOpenChange={(open) => !open && onClose()}
      title={file.weir.filename}
      description={text.say}
      footer={
        <>
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button kind="primary" type="submit" form="attributes" busy={busy} disabled={findProblems(form).size > 0}>
            {text.save}
          </Button>
        </>
      }
    >
      <form id="attributes" className="grid gap-5" onSubmit={(event) => void save(event)}>
        <ReservedFields form={form} onChange={setForm} />
        <OwnFields form={form} onChange={setForm} />
        <FailureNote say={failure} />
      </form>
    </Drawer>
  );
}

type FieldsProps = { readonly form: AttributesForm; onChange(form: AttributesForm): void };

function ReservedFields({ form, onChange }: FieldsProps) {
  const set = (name: Reserved, value: string) => onChange({ ...form, reserved: { ...form.reserved, [name]: value } });
  const field = (name: Exclude<Reserved, "classification">, label: string, hint: string) => (
    <InputField label={label} hint={hint} value={form.reserved[name]} onChange={(event) => set(name, event.target.value)} />
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {field("groups", text.groups, text.groupsHint)}
      <SelectField
        label={text.classification}
        value={form.reserved.classification}
        onChange={(event) => set("classification", event.target.value)}
      >
        <option value="">{text.classificationNone}</option>
        {(["public", "internal", "confidential", "restricted"] as const).map((level) => (
          <option key={level} value={level}>
            {accessText.levels[level]}
          </option>
        ))}
      </SelectField>
      {field("jurisdiction", text.jurisdiction, text.jurisdictionHint)}
      <span className="max-sm:hidden" />
      {field("effective_from", text.from, text.fromHint)}
      {field("effective_until", text.until, text.untilHint)}
    </div>
  );
}

function OwnFields({ form, onChange }: FieldsProps) {
  const problems = findProblems(form);
  const set = (own: readonly OwnAttribute[]) => onChange({ ...form, own });
  const change = (id: number, to: Partial<OwnAttribute>) => set(form.own.map((one) => (one.id === id ? { ...one, ...to } : one)));
  const add = () => set([...form.own, { id: Math.max(-1, ...form.own.map(({ id }) => id)) + 1, name: "", type: "string", value: "" }]);
  return (
    <fieldset className="grid gap-3">
      <legend className="text-sm font-semibold">{text.own}</legend>
      <p className="text-xs text-ink-faint">{text.ownSay}</p>
      {form.own.map((one) => (
        <div key={one.id} className="grid grid-cols-[minmax(0,1fr)_7rem_minmax(0,1fr)_auto] items-start gap-2">
          <InputField
            hideLabel
            label={text.name}
            placeholder={text.name}
            value={one.name}
            maxLength={64}
            error={problems.get(one.id)}
            onChange={(event) => change(one.id, { name: event.target.value })}
          />
          <SelectField
            hideLabel
            label={text.type}
            value={one.type}
            onChange={({ target }) => {
              const type = target.value === "number" || target.value === "boolean" ? target.value : "string";
              change(one.id, { type, ...(type === "boolean" ? { value: "true" } : {}) });
            }}
          >
            {(["string", "number", "boolean"] as const).map((type) => (
              <option key={type} value={type}>
                {text.types[type]}
              </option>
            ))}
          </SelectField>
          {one.type === "boolean" ? (
            <SelectField hideLabel label={text.value} value={one.value} onChange={(event) => change(one.id, { value: event.target.value })}>
              <option value="true">{uiText.yes}</option>
              <option value="false">{uiText.no}</option>
            </SelectField>
          ) : (
            <InputField
              hideLabel
              label={text.value}
              placeholder={text.value}
              value={one.value}
              maxLength={512}
              onChange={(event) => change(one.id, { value: event.target.value })}
            />
          )}
          <IconButton label={text.remove(one.name)} onClick={() => set(form.own.filter(({ id }) => id !== one.id))}>
            <X className="size-4" aria-hidden />
          </IconButton>
        </div>
      ))}
      {form.own.length < 16 && (
        <Button size="small" className="justify-self-start" onClick={add}>
          <Plus className="size-3.5" aria-hidden />
          {text.add}
        </Button>
      )}
    </fieldset>
  );
}
