import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { collectionSettingsText as text, collectionsText } from "#text/collections.ts";
import { del, post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { InputField, TextareaField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { FailureNote } from "./failure-note.tsx";
import { EmbeddingCard } from "./embedding-card.tsx";
import { changedSettings, toForm } from "./settings-form.ts";
import { SettingsFields } from "./settings-fields.tsx";
import { storePath, type Collection } from "./types.ts";

/** What was chosen for the collection, its vectors, and its end. */
export function SettingsTab({ collection }: { readonly collection: Collection }) {
  const [mayWrite, mayEmbed] = [useMay("collections.write"), useMay("collections.embed")];
  return (
    <>
      <SettingsCard collection={collection} mayWrite={mayWrite} />
      {mayEmbed && <EmbeddingCard store={collection.id} />}
      {mayWrite && <DeleteCard collection={collection} />}
    </>
  );
}

function SettingsCard({ collection, mayWrite }: { readonly collection: Collection; readonly mayWrite: boolean }) {
  const client = useQueryClient();
  const before = toForm(collection);
  const [form, setForm] = useState(before);
  const [name, setName] = useState(collection.name);
  const [description, setDescription] = useState(collection.description ?? "");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const body = {
    ...changedSettings(before, form),
    ...(name === collection.name ? {} : { name }),
    ...(description === (collection.description ?? "") ? {} : { description }),
  };
  const isSame = Object.keys(body).length === 0;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const saved = await post<Collection>(storePath(collection.id), body);
      client.setQueryData([storePath(collection.id)], saved);
      void client.invalidateQueries({ queryKey: ["/v1/vector_stores"] });
      toast(collectionsText.saved);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  return (
    <Card title={text.settings}>
      <form onSubmit={(event) => void save(event)}>
        <fieldset disabled={!mayWrite} className="grid gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <InputField label={text.name} value={name} required maxLength={256} onChange={(event) => setName(event.target.value)} />
            <TextareaField
              label={text.description}
              value={description}
              maxLength={2000}
              onChange={(event) => setDescription(event.target.value)}
            />
          </div>
          <SettingsFields form={form} onChange={setForm} />
          <FailureNote say={failure} />
          {mayWrite && (
            <div className="flex items-center gap-3">
              <Button kind="primary" type="submit" busy={busy} disabled={isSame}>
                {collectionsText.save}
              </Button>
              {isSame && <span className="text-xs text-ink-faint">{collectionsText.nothingChanged}</span>}
            </div>
          )}
        </fieldset>
      </form>
    </Card>
  );
}

function DeleteCard({ collection }: { readonly collection: Collection }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await del(storePath(collection.id));
    toast(text.deleted);
    await navigate({ to: "/collections" });
    void client.invalidateQueries({ queryKey: ["/v1/vector_stores"] });
  };
  return (
    <Card title={text.danger}>
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-64 text-sm text-ink-soft">{text.dangerSay}</p>
        <Button kind="danger" onClick={() => setOpen(true)}>
          {text.delete}
        </Button>
      </div>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={text.deleteTitle(collection.name)}
        description={text.dangerSay}
        action={text.delete}
        danger
        typed={collection.name}
        onConfirm={remove}
      />
    </Card>
  );
}
