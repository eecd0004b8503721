import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { tenantsText } from "#text/tenants.ts";
import { del, post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { InputField, SelectField } from "../../ui/field.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { tenantPath, type KeyDetail, type KeyMade } from "./types.ts";

const text = tenantsText.keys;
type Props = { readonly slug: string; readonly found: KeyDetail; readonly isOwn: boolean; onMade(key: KeyMade): void };

/** Rotate, suspend and resume, revoke: as far as the key's state allows. */
export function KeyActions({ slug, found, isOwn, onMade }: Props) {
  const [asking, setAsking] = useState<Act>();
  const client = useQueryClient();
  const path = `${tenantPath(slug)}/keys`;
  const one = `${path}/${encodeURIComponent(found.id)}`;
  const refresh = () => client.invalidateQueries({ queryKey: [path] });
  const resume = async () => {
    try {
      await post(`${one}/resume`);
      toast(text.resumed);
      await refresh();
    } catch (error) {
      toastError(error);
    }
  };
  if (found.state === "revoked") return null;
  const isUsable = found.state === "active" || found.state === "expiring";
  const ask = { one, asking, onClose: () => setAsking(undefined), refresh };
  return (
    <>
      {isUsable && <Button onClick={() => setAsking("rotate")}>{text.rotate}</Button>}
      {isUsable && <Button onClick={() => setAsking("suspend")}>{text.suspend}</Button>}
      {found.state === "suspended" && <Button onClick={() => void resume()}>{text.resume}</Button>}
      <Button kind="danger" onClick={() => setAsking("revoke")}>
        {text.revoke}
      </Button>
      <AskRotate {...ask} onMade={onMade} />
      <AskSuspend {...ask} />
      <ConfirmDialog
        open={asking === "revoke"}
        onOpenChange={ask.onClose}
        title={text.revokeTitle}
        description={isOwn ? `${text.revokeLead} ${text.revokeOwn}` : text.revokeLead}
        action={text.revoke}
        danger
        onConfirm={async () => {
          await del(one);
          toast(text.revoked);
          await refresh();
        }}
      />
    </>
  );
}

type Act = "rotate" | "suspend" | "revoke";
type AskProps = { readonly one: string; readonly asking: Act | undefined; onClose(): void; refresh(): Promise<unknown> };

function AskRotate({ one, asking, onClose, refresh, onMade }: AskProps & { onMade(key: KeyMade): void }) {
  const [overlap, setOverlap] = useState("3600");
  return (
    <ConfirmDialog
      open={asking === "rotate"}
      onOpenChange={onClose}
      title={text.rotateTitle}
      description={text.rotateLead}
      action={text.rotate}
      onConfirm={async () => {
        onMade(await post<KeyMade>(`${one}/rotate`, { overlapSeconds: Number(overlap) }));
        await refresh();
      }}
    >
      <SelectField label={text.overlap} value={overlap} onChange={(event) => setOverlap(event.target.value)}>
        {Object.entries(text.overlaps).map(([seconds, label]) => (
          <option key={seconds} value={seconds}>
            {label}
          </option>
        ))}
      </SelectField>
    </ConfirmDialog>
  );
}

function AskSuspend({ one, asking, onClose, refresh }: AskProps) {
  const [reason, setReason] = useState("");
  return (
    <ConfirmDialog
      open={asking === "suspend"}
      onOpenChange={onClose}
      title={text.suspendTitle}
      description={text.suspendLead}
      action={text.suspend}
      danger
      onConfirm={async () => {
        await post(`${one}/suspend`, { reason: reason.trim() });
        toast(text.suspendedDone);
        await refresh();
      }}
    >
      <InputField label={text.suspendReason} value={reason} onChange={(event) => setReason(event.target.value)} required />
    </ConfirmDialog>
  );
}
