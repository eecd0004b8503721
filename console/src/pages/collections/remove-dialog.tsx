import { useState } from "react";
import { filesText as text } from "#text/collection-files.ts";
import { del } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Checkbox } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { filePath, type CollectionFile } from "./types.ts";

type RemoveDialogProps = { readonly store: string; readonly file: CollectionFile; onClose(): void; onRemoved(): void };

/** Takes a file out of the collection, or deletes it everywhere. */
export function RemoveDialog({ store, file, onClose, onRemoved }: RemoveDialogProps) {
  const mayDelete = useMay("files.write");
  const [everywhere, setEverywhere] = useState(false);
  const remove = async () => {
    await del(everywhere ? `/v1/files/${encodeURIComponent(file.id)}` : filePath(store, file.id));
    toast(text.removed);
    onRemoved();
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={text.removeTitle(file.weir.filename)}
      description={text.removeSay}
      action={text.remove}
      danger
      onConfirm={remove}
    >
      {mayDelete && <Checkbox label={text.removeAlso} checked={everywhere} onChange={(event) => setEverywhere(event.target.checked)} />}
    </ConfirmDialog>
  );
}
