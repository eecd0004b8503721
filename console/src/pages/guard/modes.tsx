import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { guardText as text } from "#text/guard.ts";
import { get, patch, post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ErrorState, Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { SettingEditor } from "./setting-editor.tsx";
import { isList, sayValue, toGuard, type Draft } from "./settings.ts";
import { Filters, TenantChoice, useTenant, WithTenant } from "./tenant-choice.tsx";
import type { GuardSettings, SettingName, SettingValue } from "./types.ts";

const say = text.modes;

/** Each rule's mode for one tenant, where it comes from, and other ones for it. */
export function ModesTab() {
  const tenant = useTenant("first");
  return (
    <>
      <Filters>
        <TenantChoice of={tenant} />
      </Filters>
      <WithTenant of={tenant}>{(slug) => <Modes key={slug} slug={slug} />}</WithTenant>
    </>
  );
}

const pathOf = (slug: string): string => `/admin/v1/tenants/${encodeURIComponent(slug)}/guard`;

function Modes({ slug }: { readonly slug: string }) {
  const settings = useQuery({ queryKey: [pathOf(slug)], queryFn: ({ signal }) => get<GuardSettings>(pathOf(slug), undefined, signal) });
  return (
    <Loaded of={settings}>
      {(data) => (
        <>
          <ModesOf settings={data} />
          <Detectors settings={data} />
        </>
      )}
    </Loaded>
  );
}

function ModesOf({ settings }: { readonly settings: GuardSettings }) {
  const mayChange = useMay("tenants.manage");
  const mayDraft = useMay("policies.write");
  const [draft, setDraft] = useState<Draft>({});
  const edits = mayChange || mayDraft;
  const note = !edits ? say.readOnly : settings.loosening === "approval" ? say.approval : say.direct;
  return (
    <Card title={say.title(settings.tenant)} flush>
      <p className="border-b border-line px-4 py-2 text-sm text-ink-soft">{note}</p>
      <ul>
        {settings.settings.map((setting) => (
          <SettingRow
            key={setting.name}
            setting={setting}
            policy={settings.policy}
            edits={edits}
            drafted={draft[setting.name]}
            onChange={(value) => setDraft((before) => withDraft(before, setting, value))}
          />
        ))}
      </ul>
      {Object.keys(draft).length > 0 && (
        <SaveBar settings={settings} draft={draft} mayChange={mayChange} mayDraft={mayDraft} onDone={() => setDraft({})} />
      )}
    </Card>
  );
}

type Setting = GuardSettings["settings"][number];
const isOwn = ({ from }: Setting): boolean => from === "tenant" || from === "policy";
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What is as it was is no change. */
function withDraft(before: Draft, setting: Setting, value: SettingValue | null): Draft {
  const now = isOwn(setting) ? setting.value : null;
  const { [setting.name]: _, ...others } = before;
  return isSame(value, now) ? others : { ...others, [setting.name]: value };
}

const TONES: Readonly<Record<Setting["from"], Tone>> = { default: "neutral", configuration: "neutral", tenant: "accent", policy: "good" };

type RowProps = {
  readonly setting: Setting;
  readonly policy: string | null;
  readonly edits: boolean;
  /** undefined: unchanged. */
  readonly drafted: SettingValue | null | undefined;
  onChange(value: SettingValue | null): void;
};
function SettingRow({ setting, policy, edits, drafted, onChange }: RowProps) {
  const [label, about] = say.names[setting.name];
  const shown = drafted === undefined ? (isOwn(setting) ? setting.value : null) : drafted;
  return (
    <li
      data-setting={setting.name}
      className={`grid gap-x-6 gap-y-2 border-b border-line px-4 py-3 last:border-0 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_9rem] ${drafted === undefined ? "" : "bg-accent-soft/50"}`}
    >
      <div>
        <p className="font-medium">{label}</p>
        <p className="text-xs text-ink-soft">{about}</p>
      </div>
      <div className="min-w-0 self-center">
        {edits ? (
          <SettingEditor name={setting.name} value={shown} inherited={setting.inherited} onChange={onChange} />
        ) : (
          <span className="foreign">{sayValue(setting.value)}</span>
        )}
      </div>
      <div className="self-center">
        <Badge tone={TONES[setting.from]} title={say.sourcesSay[setting.from]}>
          {setting.from === "policy" && policy !== null ? (
            <Link to="/routing/policies/$id" params={{ id: policy }} className="underline">
              {say.sources.policy}
            </Link>
          ) : (
            say.sources[setting.from]
          )}
        </Badge>
      </div>
    </li>
  );
}

type SaveProps = {
  readonly settings: GuardSettings;
  readonly draft: Draft;
  readonly mayChange: boolean;
  readonly mayDraft: boolean;
  onDone(): void;
};
/** At once, or as a policy for a second person. The server says no to what takes one; then the draft is still there. */
function SaveBar({ settings, draft, mayChange, mayDraft, onDone }: SaveProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const guard = toGuard(settings, tidy(draft));
  const { tenant } = settings;
  const save = useMutation({
    mutationFn: () => patch(`/admin/v1/tenants/${encodeURIComponent(tenant)}`, { guard }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [pathOf(tenant)] });
      toast(say.saved);
      onDone();
    },
  });
  const propose = useMutation({
    mutationFn: () => post<{ readonly id: string }>("/admin/v1/policies", { kind: "tenant", tenant, body: { guard } }),
    onSuccess: ({ id }) => navigate({ to: "/routing/policies/$id", params: { id }, search: { tenant } }),
  });
  const failed = save.error ?? propose.error;
  return (
    <div className="sticky bottom-0 grid gap-2 border-t border-line bg-raised px-4 py-3">
      {failed !== null && <ErrorState error={failed} title={say.notSaved} />}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-sm text-ink-soft">{say.changed(Object.keys(draft).length)}</span>
        <Button kind="ghost" onClick={onDone}>
          {say.discard}
        </Button>
        {mayDraft && (
          <Button busy={propose.isPending} kind={mayChange ? "secondary" : "primary"} onClick={() => propose.mutate()}>
            {say.draft}
          </Button>
        )}
        {mayChange && (
          <Button kind="primary" busy={save.isPending} onClick={() => save.mutate()}>
            {say.save}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Lines that were left empty are no hosts. */
function tidy(draft: Draft): Draft {
  const { linkHosts } = draft;
  if (!isList(linkHosts)) return draft;
  const hosts = linkHosts.map((line) => line.trim()).filter((line) => line !== "");
  return { ...draft, linkHosts: hosts.length === 0 ? null : hosts } satisfies Readonly<Partial<Record<SettingName, SettingValue | null>>>;
}

const Detectors = ({ settings: { detectors } }: { readonly settings: GuardSettings }) => (
  <Card title={say.detectors}>
    {detectors.length === 0 ? (
      <p className="text-sm text-ink-soft">{say.detectorsNone}</p>
    ) : (
      <ul className="grid gap-1.5 text-sm">
        {detectors.map(({ name, onFailure }, at) => (
          <li key={`${name} ${String(at)}`} className="flex flex-wrap items-baseline gap-2">
            <Badge>{name}</Badge>
            <span className="text-ink-soft">{say.onFailure(onFailure)}</span>
          </li>
        ))}
      </ul>
    )}
  </Card>
);
