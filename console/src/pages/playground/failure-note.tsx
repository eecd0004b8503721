import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { uiText } from "#text/ui.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Checkbox, TextareaField } from "../../ui/field.tsx";
import { formatMoment } from "../../ui/format.ts";
import { toast, toastError } from "../../ui/toast.tsx";
import type { Failure } from "./types.ts";

/** Refusals that can be mistakes of the rules. */
const REPORTABLE = new Set(["injection_blocked", "personal_data_blocked", "output_blocked"]);
/** OpenAI's word for a budget; one that renews is spent, one that may pass in a moment is held by calls under way. */
const OF_BUDGET = "insufficient_quota";
const RENEWS_AFTER_MS = 120_000;

/** Why there is no answer, in the caller's words, and what can be done. `said`: the user's message. */
export function FailureNote({ failure, said }: { readonly failure: Failure; readonly said: string }) {
  const { code, message, requestId, retryAtMs } = failure;
  const reports = useMay("guard.report");
  const seesUsage = useMay("usage.read");
  const [reporting, setReporting] = useState(false);
  const isBudget = code === OF_BUDGET;
  const renews = isBudget && retryAtMs !== undefined && retryAtMs - Date.now() > RENEWS_AFTER_MS;
  const at = retryAtMs === undefined ? undefined : formatMoment(retryAtMs / 1000);
  return (
    <div role="alert" className="flex items-start gap-2.5 rounded-md border border-bad/40 bg-bad-soft px-3 py-2.5 text-sm">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
      <div className="foreign grid min-w-0 flex-1 gap-1">
        <p className="font-semibold text-bad">{text.failureTitle[code] ?? text.failure}</p>
        {message !== "" && <p>{message}</p>}
        {at !== undefined && <p>{renews ? text.renews(at) : text.passesAt(at)}</p>}
        {isBudget && !seesUsage && <p className="text-ink-soft">{text.askForBudget}</p>}
        <p className="font-mono text-xs text-ink-soft">
          {code}
          {requestId !== undefined && ` · ${requestId}`}
        </p>
        <div className="mt-1 flex flex-wrap gap-2 empty:hidden">
          {isBudget && seesUsage && (
            <Button size="small" asChild>
              <Link to="/usage">{text.seeBudget}</Link>
            </Button>
          )}
          {REPORTABLE.has(code) && reports && requestId !== undefined && (
            <Button size="small" onClick={() => setReporting(true)}>
              {text.report}
            </Button>
          )}
        </div>
      </div>
      {requestId !== undefined && <ReportDialog open={reporting} onOpenChange={setReporting} requestId={requestId} said={said} />}
    </div>
  );
}

type ReportProps = { readonly open: boolean; onOpenChange(open: boolean): void; readonly requestId: string; readonly said: string };
function ReportDialog({ open, onOpenChange, requestId, said }: ReportProps) {
  const [note, setNote] = useState("");
  const [withText, setWithText] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      await post("/v1/guard/reports", {
        requestId,
        ...(note.trim() === "" ? {} : { note: note.trim() }),
        ...(withText && said !== "" ? { text: said } : {}),
      });
      toast(text.reportSent);
      onOpenChange(false);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={text.reportTitle}
      description={text.reportSay}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{uiText.cancel}</Button>
          <Button kind="primary" busy={busy} onClick={() => void send()}>
            {text.reportSend}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <TextareaField label={text.reportNote} rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
        <Checkbox label={text.reportWithText} checked={withText} onChange={(event) => setWithText(event.target.checked)} />
      </div>
    </Dialog>
  );
}
