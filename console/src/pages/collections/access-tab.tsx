import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { accessText as text, collectionsText } from "#text/collections.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { FailureNote } from "./failure-note.tsx";
import { toList } from "./settings-form.ts";
import { storePath, type Collection } from "./types.ts";

const LEVELS = ["public", "internal", "confidential", "restricted"] as const;

/** Who may find the collection at all. */
export function AccessTab({ collection }: { readonly collection: Collection }) {
  const mayWrite = useMay("collections.write");
  const client = useQueryClient();
  const access = collection.weir?.access ?? {};
  const [groups, setGroups] = useState((access.groups ?? []).join(", "));
  const [level, setLevel] = useState<string>(access.classification ?? "");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const isOpen = toList(groups).length === 0 && level === "";
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const list = {
      ...(toList(groups).length === 0 ? {} : { groups: toList(groups) }),
      ...(level === "" ? {} : { classification: level }),
    };
    try {
      const saved = await post<Collection>(storePath(collection.id), { weir: { access: isOpen ? null : list } });
      client.setQueryData([storePath(collection.id)], saved);
      void client.invalidateQueries({ queryKey: ["/v1/vector_stores"] });
      toast(collectionsText.saved);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  return (
    <>
      <Card title={text.title}>
        <form className="grid gap-4" onSubmit={(event) => void save(event)}>
          <p className="max-w-3xl text-sm text-ink-soft">{text.say}</p>
          <p className="text-sm font-medium" role="status">
            {isOpen ? text.everyone : text.some}
          </p>
          <div className="grid max-w-3xl gap-4 sm:grid-cols-2">
            <InputField
              label={text.groups}
              hint={text.groupsHint}
              value={groups}
              disabled={!mayWrite}
              onChange={(event) => setGroups(event.target.value)}
            />
            <SelectField label={text.classification} value={level} disabled={!mayWrite} onChange={(event) => setLevel(event.target.value)}>
              <option value="">{text.anyone}</option>
              {LEVELS.map((one) => (
                <option key={one} value={one}>
                  {text.levels[one]}
                </option>
              ))}
            </SelectField>
          </div>
          <FailureNote say={failure} />
          {mayWrite && (
            <Button kind="primary" type="submit" busy={busy} className="justify-self-start">
              {collectionsText.save}
            </Button>
          )}
        </form>
      </Card>
      <Card title={text.documents}>
        <p className="max-w-3xl text-sm text-ink-soft">{text.documentsSay}</p>
        <p className="mt-2 max-w-3xl text-sm text-ink-soft">{text.who}</p>
      </Card>
    </>
  );
}
