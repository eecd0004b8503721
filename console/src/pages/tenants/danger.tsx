import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { tenantsText } from "#text/tenants.ts";
import { ApiError, del, get, put } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Card, Facts } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { InputField } from "../../ui/field.tsx";
import { formatMoment } from "../../ui/format.ts";
import { ErrorState, Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { errorOf, textOrNull } from "./form-values.ts";
import { tenantPath, type Hold, type Tenant } from "./types.ts";

const text = tenantsText.settings;

/** A legal hold, and the end of the tenant. */
export function Danger({ tenant }: { readonly tenant: Tenant }) {
  const path = `${tenantPath(tenant.slug)}/hold`;
  const hold = useQuery({
    queryKey: [path],
    // None stands: that is no failure.
    queryFn: ({ signal }) =>
      get<Hold>(path, undefined, signal).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
  });
  return (
    <>
      <Card title={text.hold}>
        <p className="mb-3 text-sm text-ink-soft">{text.holdLead}</p>
        <Loaded of={hold}>{(found) => (found === null ? <SetHold path={path} /> : <Standing path={path} hold={found} />)}</Loaded>
      </Card>
      <Erase tenant={tenant} />
    </>
  );
}

function SetHold({ path }: { readonly path: string }) {
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const client = useQueryClient();
  const set = useMutation({
    mutationFn: () => put<Hold>(path, { reason: reason.trim(), until: textOrNull(until) }),
    onSuccess: (made) => {
      client.setQueryData([path], made);
      toast(text.holdDone);
    },
  });
  return (
    <form
      className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_12rem_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate();
      }}
    >
      <InputField
        label={text.holdReason}
        hint={text.holdReasonHint}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        error={errorOf(set.error, "reason")}
        required
      />
      <InputField
        label={text.holdUntil}
        hint={text.holdOpen}
        type="date"
        value={until}
        onChange={(event) => setUntil(event.target.value)}
        error={errorOf(set.error, "until")}
      />
      <Button type="submit" className="self-start sm:mt-5" busy={set.isPending} disabled={reason.trim() === ""}>
        {text.holdSet}
      </Button>
      {set.error !== null && errorOf(set.error, "reason", "until") === undefined && <ErrorState error={set.error} />}
    </form>
  );
}

function Standing({ path, hold }: { readonly path: string; readonly hold: Hold }) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  return (
    <div className="grid gap-3">
      <Facts
        facts={[
          [text.holdReason, hold.reason],
          [text.holdSince, formatMoment(hold.since)],
          [text.holdUntil, hold.until === null || hold.until === undefined ? text.holdOpen : formatMoment(hold.until)],
          [
            text.holdBy,
            <code key="by" className="font-mono text-xs">
              {hold.setBy}
            </code>,
          ],
        ]}
      />
      <div>
        <Button onClick={() => setAsking(true)}>{text.holdLift}</Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.holdLiftTitle}
        description={text.holdLiftLead}
        action={text.holdLift}
        danger
        onConfirm={async () => {
          await del(path);
          client.setQueryData([path], null);
          toast(text.holdLifted);
        }}
      />
    </div>
  );
}

function Erase({ tenant }: { readonly tenant: Tenant }) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <Card title={text.danger} className="border-bad/50">
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-72 text-sm text-ink-soft">{text.eraseLead}</p>
        <Button kind="danger" onClick={() => setAsking(true)}>
          {text.erase}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.eraseTitle(tenant.name)}
        description={text.eraseLead}
        action={text.erase}
        typed={tenant.slug}
        danger
        onConfirm={async () => {
          const { jobId } = await del<{ jobId: string }>(tenantPath(tenant.slug));
          toast(text.erased(jobId));
          client.removeQueries({ queryKey: ["/admin/v1/tenants", tenant.slug] });
          void navigate({ to: "/tenants" });
        }}
      />
    </Card>
  );
}
