import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { collectionSettingsText as text, collectionsText } from "#text/collections.ts";
import { post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { InputField, TextareaField } from "../../ui/field.tsx";
import { FailureNote } from "./failure-note.tsx";
import { NO_SETTINGS, toSettings } from "./settings-form.ts";
import { SettingsFields } from "./settings-fields.tsx";
import type { Collection } from "./types.ts";

type CreateDialogProps = { readonly open: boolean; onOpenChange(open: boolean): void };

/** Makes a collection and opens it. */
export function CreateDialog({ open, onOpenChange }: CreateDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text.createTitle} description={text.createSay} wide>
      <CreateForm onCancel={() => onOpenChange(false)} />
    </Dialog>
  );
}

function CreateForm({ onCancel }: { onCancel(): void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [settings, setSettings] = useState(NO_SETTINGS);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const body = { ...(name === "" ? {} : { name }), ...(description === "" ? {} : { description }), ...toSettings(settings) };
      const made = await post<Collection>("/v1/vector_stores", body);
      await client.invalidateQueries({ queryKey: ["/v1/vector_stores"] });
      await navigate({ to: "/collections/$store", params: { store: made.id } });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <form className="grid gap-4" onSubmit={(event) => void create(event)}>
      <InputField
        label={text.name}
        hint={text.nameHint}
        value={name}
        maxLength={256}
        onChange={(event) => setName(event.target.value)}
        autoFocus
      />
      <TextareaField
        label={text.description}
        value={description}
        maxLength={2000}
        onChange={(event) => setDescription(event.target.value)}
      />
      <details className="rounded-md border border-line">
        <summary className="px-3 py-2 text-sm font-medium">{text.more}</summary>
        <div className="border-t border-line p-3">
          <SettingsFields form={settings} onChange={setSettings} />
        </div>
      </details>
      <FailureNote say={failure} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{collectionsText.cancel}</Button>
        <Button kind="primary" type="submit" busy={busy}>
          {text.create}
        </Button>
      </div>
    </form>
  );
}
