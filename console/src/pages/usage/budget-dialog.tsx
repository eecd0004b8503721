import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { usageText as text } from "#text/usage.ts";
import { uiText } from "#text/ui.ts";
import { ApiError, patch } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { InputField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";

type Props = { readonly tenant: string; readonly limitMicroUsd: number | undefined; onClose(): void };

/** Changes a tenant's monthly limit. */
export function BudgetDialog({ tenant, limitMicroUsd, onClose }: Props) {
  const client = useQueryClient();
  const [typed, setTyped] = useState(limitMicroUsd === undefined ? "" : String(limitMicroUsd / 1_000_000));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const isAmount = typed.trim() === "" || /^\d+(\.\d{1,6})?$/.test(typed.trim());
  const save = async (): Promise<void> => {
    if (!isAmount) {
      setFailure(text.budgets.badLimit);
      return;
    }
    setBusy(true);
    try {
      await patch(`/admin/v1/tenants/${encodeURIComponent(tenant)}`, { budgetUsd: typed.trim() === "" ? null : Number(typed) });
      await client.invalidateQueries({ queryKey: ["/admin/v1/budgets"] });
      toast(text.budgets.saved(tenant));
      onClose();
    } catch (error) {
      setFailure(error instanceof ApiError ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.budgets.editTitle(tenant)}
      description={text.budgets.editSay}
      footer={
        <>
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button kind="primary" type="submit" form="budget-limit" busy={busy}>
            {text.budgets.save}
          </Button>
        </>
      }
    >
      <form
        id="budget-limit"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <InputField
          label={text.budgets.limit}
          inputMode="decimal"
          autoComplete="off"
          value={typed}
          {...(failure === undefined ? {} : { error: failure })}
          onChange={(event) => {
            setTyped(event.target.value);
            setFailure(undefined);
          }}
        />
      </form>
    </Dialog>
  );
}
