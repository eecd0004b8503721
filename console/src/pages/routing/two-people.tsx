import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CircleDashed } from "lucide-react";
import { useState } from "react";
import { routingText as text } from "#text/routing.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { formatMoment } from "../../ui/format.ts";
import { toast, toastError } from "../../ui/toast.tsx";
import { StartRollout } from "./start-rollout.tsx";
import type { Policy } from "./types.ts";
import { Who } from "./who.tsx";

type Step = { readonly name: string; readonly who: string | undefined; readonly at: string | undefined };

/** The way into production: who did what, what this person may do next, and why not. */
export function TwoPeople({ policy, tenant }: { readonly policy: Policy; readonly tenant: string | undefined }) {
  const { id, kind, author, createdAt, requestedBy, approvedBy, approvedAt, may, environment } = policy;
  const queries = useQueryClient();
  const [approving, setApproving] = useState(false);
  const [rolling, setRolling] = useState(false);
  const mayRoll = useMay("rollouts.manage") && kind === "routes" && may?.approve.allowed === true;
  const after = () =>
    Promise.all(["/admin/v1/policies", "/admin/v1/routes"].map((path) => queries.invalidateQueries({ queryKey: [path] })));
  const promote = useMutation({
    mutationFn: () => post<Policy>(`/admin/v1/policies/${id}/promote`, { tenant }),
    onError: toastError,
    onSuccess: async () => {
      toast(text.asked);
      await after();
    },
  });
  const approve = async () => {
    await post<Policy>(`/admin/v1/policies/${id}/approve`, { tenant });
    toast(text.approved);
    await after();
  };
  const steps: readonly Step[] = [
    { name: text.steps.written, who: author, at: createdAt },
    { name: text.steps.asked, who: requestedBy ?? undefined, at: undefined },
    { name: text.steps.approved, who: approvedBy ?? undefined, at: approvedAt ?? undefined },
  ];
  const why = may?.approve.reason;
  return (
    <Card title={text.people}>
      <ol className="grid gap-3">
        {steps.map((step) => (
          <PersonStep key={step.name} {...step} />
        ))}
      </ol>
      {environment !== "production" && may !== undefined && (
        <div className="mt-4 grid gap-2 border-t border-line pt-4">
          {may.promote.allowed && (
            <Button
              kind={requestedBy === undefined || requestedBy === null ? "primary" : "secondary"}
              busy={promote.isPending}
              onClick={() => promote.mutate()}
            >
              {requestedBy === undefined || requestedBy === null ? text.ask : text.askAgain}
            </Button>
          )}
          {why !== "permission" && why !== "not-requested" && (
            <Button kind="primary" disabled={!may.approve.allowed} aria-describedby="why-not" onClick={() => setApproving(true)}>
              {text.approve}
            </Button>
          )}
          {mayRoll && <Button onClick={() => setRolling(true)}>{text.startRollout}</Button>}
          <p id="why-not" className="text-xs text-ink-soft">
            {why === undefined ? "" : text.reasons[why]}
          </p>
        </div>
      )}
      <ConfirmDialog
        open={approving}
        onOpenChange={setApproving}
        title={text.approveTitle}
        description={text.approveSay}
        action={text.approve}
        onConfirm={approve}
      />
      <StartRollout open={rolling} onOpenChange={setRolling} version={id} />
    </Card>
  );
}

const PersonStep = ({ name, who, at }: Step) => (
  <li className="flex items-start gap-2.5 text-sm">
    {who === undefined ? (
      <CircleDashed className="mt-0.5 size-4 shrink-0 text-ink-faint" aria-hidden />
    ) : (
      <Check className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
    )}
    <span className="min-w-0 flex-1">
      <span className={who === undefined ? "text-ink-faint" : "font-medium"}>{name}</span>
      <span className="foreign block text-xs text-ink-faint">
        {who === undefined ? (
          text.nobodyYet
        ) : (
          <>
            {text.by} <Who id={who} />
          </>
        )}
        {at !== undefined && ` · ${formatMoment(at)}`}
      </span>
    </span>
  </li>
);
