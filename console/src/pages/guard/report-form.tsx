import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { guardText as text } from "#text/guard.ts";
import { ApiError, post } from "../../api/client.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { InputField, TextareaField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";

const say = text.reports;

/** A caller says that a refusal was a mistake. `?request=` fills in which. */
export function ReportForm() {
  const [asked] = useSearchText("request");
  const [requestId, setRequestId] = useState(asked);
  const [sent, setSent] = useState("");
  const [note, setNote] = useState("");
  const report = useMutation({
    mutationFn: () =>
      post("/v1/guard/reports", {
        requestId: requestId.trim(),
        ...(sent === "" ? {} : { text: sent }),
        ...(note === "" ? {} : { note }),
      }),
    onSuccess: () => {
      toast(say.sent);
      setRequestId("");
      setSent("");
      setNote("");
    },
  });
  const { error } = report;
  return (
    <Card title={say.tell}>
      <form
        className="grid max-w-2xl gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          report.mutate();
        }}
      >
        <p className="text-sm text-ink-soft">{say.tellSay}</p>
        <InputField
          label={say.requestId}
          hint={say.requestIdHint}
          error={error === null ? undefined : error instanceof ApiError ? error.message : String(error)}
          required
          autoComplete="off"
          spellCheck={false}
          value={requestId}
          onChange={(event) => setRequestId(event.target.value)}
          className="max-w-md"
        />
        <TextareaField
          label={say.sendText}
          hint={say.sendTextHint}
          maxLength={100_000}
          value={sent}
          onChange={(event) => setSent(event.target.value)}
        />
        <TextareaField label={say.note} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} />
        <div>
          <Button type="submit" kind="primary" busy={report.isPending} disabled={requestId.trim() === ""}>
            {say.send}
          </Button>
        </div>
      </form>
    </Card>
  );
}
