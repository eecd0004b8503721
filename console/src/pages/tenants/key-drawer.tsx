import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { tenantsText } from "#text/tenants.ts";
import { get, patch } from "../../api/client.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Facts } from "../../ui/card.tsx";
import { Drawer } from "../../ui/dialog.tsx";
import { formatCount, formatMoment } from "../../ui/format.ts";
import { ErrorState, Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { dollars, errorOf } from "./form-values.ts";
import { KeyActions } from "./key-actions.tsx";
import { AccessFields, toAccess } from "./key-fields.tsx";
import { KeyState } from "./key-state.tsx";
import { tenantPath, type KeyDetail, type KeyMade } from "./types.ts";

const text = tenantsText.keys;

type DrawerProps = { readonly slug: string; readonly id: string; readonly isOwn: boolean; onClose(): void; onMade(key: KeyMade): void };

export function KeyDrawer({ slug, id, isOwn, onClose, onMade }: DrawerProps) {
  const path = `${tenantPath(slug)}/keys`;
  const key = useQuery({
    queryKey: [path, "one", id],
    retry: false,
    queryFn: ({ signal }) => get<KeyDetail>(`${path}/${encodeURIComponent(id)}`, undefined, signal),
  });
  return (
    <Drawer
      open
      onOpenChange={onClose}
      title={text.detail(key.data?.name ?? id)}
      footer={key.data !== undefined && <KeyActions slug={slug} found={key.data} isOwn={isOwn} onMade={onMade} />}
    >
      <Loaded of={key}>
        {(found) => (
          <div className="grid gap-6">
            <Facts facts={factsOf(found)} />
            <Effect found={found} />
            {found.state !== "revoked" && found.state !== "expired" && <Access key={found.id} slug={slug} found={found} />}
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

const moment = (at: string | null | undefined, otherwise: string): string =>
  at === null || at === undefined ? otherwise : formatMoment(at);

function factsOf(key: KeyDetail): readonly (readonly [string, ReactNode])[] {
  const { suspendedAt, suspendedBy, suspendedReason, revokedAt } = key;
  const facts: (readonly [string, ReactNode])[] = [
    [text.columns.state, <KeyState key="state" state={key.state} />],
    [
      text.id,
      <code key="id" className="font-mono text-xs break-all">
        {key.id}
      </code>,
    ],
    [
      text.prefix,
      <code key="prefix" className="font-mono text-xs">
        {key.prefix}…
      </code>,
    ],
    [text.columns.role, key.role],
    [text.columns.team, key.team ?? "—"],
    [text.createdAt, formatMoment(key.createdAt)],
    [text.expiresAt, moment(key.expiresAt, text.neverEnds)],
    [text.columns.used, moment(key.lastUsedAt, text.never)],
    [text.columns.calls, formatCount(key.month.calls)],
    [text.columns.cost, dollars(key.month.costUsd)],
  ];
  if (revokedAt !== null && revokedAt !== undefined) facts.push([text.revokedAt, formatMoment(revokedAt)]);
  if (suspendedAt !== undefined && suspendedBy !== undefined)
    facts.push([
      text.states.suspended,
      <span key="suspended">
        {text.suspended(text.suspendedBy[suspendedBy], formatMoment(suspendedAt))}
        {suspendedReason === undefined ? "" : `: ${suspendedReason}`}
      </span>,
    ]);
  return facts;
}

function Effect({ found: { effect } }: { readonly found: KeyDetail }) {
  const { documents, budgetUsd, budgetLeftUsd } = effect;
  const limit = (count: number | null): string => (count === null ? text.unlimited : formatCount(count));
  const isByAccess = documents.sees === "by-access";
  const facts: (readonly [string, ReactNode])[] = [
    [text.fields.models, effect.models === null ? tenantsText.overview.allModels : effect.models.join(", ")],
    [text.fields.rpm, limit(effect.rpm)],
    [text.fields.tpm, limit(effect.tpm)],
    [
      text.fields.budget,
      budgetUsd === null || budgetLeftUsd === null ? text.unlimited : text.budgetLeft(dollars(budgetLeftUsd), dollars(budgetUsd)),
    ],
    [text.fields.region, effect.region ?? tenantsText.overview.anyRegion],
    [text.documents, text.sees[documents.sees]],
    ...(isByAccess
      ? ([
          [text.fields.groups, documents.groups.length === 0 ? tenantsText.overview.none : documents.groups.join(", ")],
          [text.fields.clearance, documents.clearance ?? text.unlimited],
          [text.fields.jurisdiction, documents.jurisdiction ?? tenantsText.overview.anyRegion],
        ] as const)
      : []),
    [
      text.permissions,
      <span key="permissions" className="flex flex-wrap gap-1">
        {effect.permissions.map((permission) => (
          <Badge key={permission} className="font-mono font-normal">
            {permission}
          </Badge>
        ))}
      </span>,
    ],
  ];
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">{text.effect}</h3>
      <p className="text-xs text-ink-faint">{text.effectLead}</p>
      <Facts facts={facts} />
    </section>
  );
}

/** What of a key can be changed after it was made. */
function Access({ slug, found }: { readonly slug: string; readonly found: KeyDetail }) {
  const path = `${tenantPath(slug)}/keys`;
  const [draft, setDraft] = useState({
    groups: (found.groups ?? []).join(", "),
    clearance: found.clearance ?? "",
    jurisdiction: found.jurisdiction ?? "",
  });
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => patch(`${path}/${encodeURIComponent(found.id)}`, toAccess(draft)),
    onSuccess: async () => {
      toast(text.accessSaved);
      await client.invalidateQueries({ queryKey: [path] });
    },
  });
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <h3 className="text-sm font-semibold">{text.editAccess}</h3>
      <AccessFields draft={draft} error={save.error} onChange={(part) => setDraft((before) => ({ ...before, ...part }))} />
      {save.error !== null && errorOf(save.error, "groups", "clearance", "jurisdiction") === undefined && <ErrorState error={save.error} />}
      <div>
        <Button type="submit" busy={save.isPending}>
          {text.save}
        </Button>
      </div>
    </form>
  );
}
