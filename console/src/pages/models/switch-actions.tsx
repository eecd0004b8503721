import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { modelsText as text } from "#text/models.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { TextareaField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import type { ProviderStatus } from "./types.ts";
import { MODELS_KEY, PROVIDERS_KEY } from "./use-status.ts";

type Act = "drain" | "disable" | "enable";
const ACTS: Readonly<Record<ProviderStatus["state"], readonly Act[]>> = {
  on: ["drain", "disable"],
  draining: ["enable", "disable"],
  disabled: ["enable", "drain"],
};

/** What an operator may make of a provider. */
export function SwitchActions({ provider }: { readonly provider: ProviderStatus }) {
  const [asked, setAsked] = useState<Act>();
  if (!useMay("operate")) return null;
  return (
    <>
      {ACTS[provider.state].map((act) => (
        <Button key={act} kind={act === "enable" ? "primary" : act === "disable" ? "danger" : "secondary"} onClick={() => setAsked(act)}>
          {text[act]}
        </Button>
      ))}
      {asked !== undefined && <SwitchDialog provider={provider} act={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

type SwitchProps = { readonly provider: ProviderStatus; readonly act: Act; onClose(): void };
function SwitchDialog({ provider: { provider: name, models }, act, onClose }: SwitchProps) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const words = text.acts[act];
  const confirm = async (): Promise<void> => {
    await post(`/admin/v1/providers/${encodeURIComponent(name)}/${act}`, reason.trim() === "" ? {} : { reason: reason.trim() });
    toast(words.done(name));
    await Promise.all([queries.invalidateQueries({ queryKey: PROVIDERS_KEY }), queries.invalidateQueries({ queryKey: MODELS_KEY })]);
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.title(name)}
      description={words.say}
      action={text[act]}
      danger={act === "disable"}
      onConfirm={confirm}
    >
      <div className="grid gap-3">
        {models.length > 0 && <p className="foreign text-sm">{text.affects(models.join(", "))}</p>}
        {act !== "enable" && (
          <TextareaField
            label={text.reason}
            hint={`${text.reasonHint} ${text.audited}`}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}
