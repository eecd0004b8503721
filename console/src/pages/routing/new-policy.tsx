import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { routingText as text } from "#text/routing.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { toast } from "../../ui/toast.tsx";
import { ChangesTable } from "./changes-table.tsx";
import { Editor, insertText } from "./editor.tsx";
import { Explain } from "./explain.tsx";
import { ScopeField } from "./scope-field.tsx";
import type { Policy } from "./types.ts";
import { useDraft, type Draft } from "./use-draft.ts";
import { usePolicy } from "./use-policy.ts";
import { Words } from "./words.tsx";
import { readText, writeText, type Format } from "./yaml.ts";

const STARTS = {
  routes: { routes: { auto: [{ when: "pii.found", use: ["extractive"], trust: "private" }] } },
  tenant: { rpm: 60 },
} as const;

/** A new version: of the routes, or of a tenant's settings; from nothing or from a version that there is. */
export function NewPolicy() {
  const mayWrite = useMay("policies.write");
  const [from] = useSearchText("from");
  const [tenant] = useSearchText("tenant");
  const asked = usePolicy(from, tenant === "" ? undefined : tenant, from !== "");
  if (!mayWrite)
    return (
      <Page title={text.newTitle}>
        <EmptyState title={text.noPermissionToWrite} />
      </Page>
    );
  if (from !== "" && asked.data === undefined)
    return <Page title={text.newTitle}>{asked.error === null ? <SkeletonRows rows={12} /> : <ErrorState error={asked.error} />}</Page>;
  return <Writing key={from} start={asked.data} tenantNamed={tenant} />;
}

/** Written and not saved: a reload or a slip of the hand must not lose it without a word. */
function useKeepFromLoss(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isChanged]);
}

function Writing({ start, tenantNamed }: { readonly start: Policy | undefined; readonly tenantNamed: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const area = useRef<HTMLTextAreaElement>(null);
  const [kind, setKind] = useState<Policy["kind"]>(start?.kind ?? (tenantNamed === "" ? "routes" : "tenant"));
  const [scope, setScope] = useState(tenantNamed);
  const [format, setFormat] = useState<Format>("yaml");
  const [written, setWritten] = useState(() => writeText(start?.body ?? STARTS[kind], "yaml"));
  const [touched, setTouched] = useState(false);
  const tenant = kind === "tenant" && scope !== "" ? scope : undefined;
  const draft = useDraft(written, kind, tenant);
  const saving = useMutation({
    mutationFn: () => post<Policy>("/admin/v1/policies", { kind, ...(tenant === undefined ? {} : { tenant }), body: draft.value }),
    onSuccess: async (made) => {
      toast(text.saved(made.version));
      await queries.invalidateQueries({ queryKey: ["/admin/v1/policies"] });
      await navigate({ to: "/routing/policies/$id", params: { id: made.id }, search: tenant === undefined ? {} : { tenant } });
    },
  });
  useKeepFromLoss(touched && !saving.isSuccess);
  const write = (value: string) => {
    setWritten(value);
    setTouched(true);
  };
  const chooseKind = (next: Policy["kind"]) => {
    setKind(next);
    if (!touched) setWritten(writeText(STARTS[next], format));
  };
  const chooseFormat = (next: Format) => {
    const read = readText(written);
    setFormat(next);
    if (read.ok) setWritten(writeText(read.value, next));
  };
  const needsTenant = kind === "tenant" && scope === "";
  return (
    <Page
      title={text.newTitle}
      lead={text.newLead}
      actions={
        <Button kind="primary" busy={saving.isPending} disabled={!draft.fine || needsTenant} onClick={() => saving.mutate()}>
          {text.save}
        </Button>
      }
    >
      {saving.error !== null && <ErrorState error={saving.error} />}
      <Choices
        kind={kind}
        onKind={start === undefined ? chooseKind : undefined}
        format={format}
        onFormat={chooseFormat}
        scope={scope}
        onScope={setScope}
      />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          {draft.error !== undefined && draft.error !== null && <ErrorState error={draft.error} />}
          <Editor area={area} value={written} onChange={write} told={draft.told} settled={draft.settled} />
        </div>
        <Beside kind={kind} draft={draft} onInsert={(word) => area.current !== null && insertText(area.current, word)} />
      </div>
    </Page>
  );
}

type ChoicesProps = {
  readonly kind: Policy["kind"];
  /** undefined: it is a version of one that there is. */
  readonly onKind: ((kind: Policy["kind"]) => void) | undefined;
  readonly format: Format;
  onFormat(format: Format): void;
  readonly scope: string;
  onScope(scope: string): void;
};
const Choices = ({ kind, onKind, format, onFormat, scope, onScope }: ChoicesProps) => (
  <div className="grid items-start gap-3 sm:grid-cols-3">
    <SelectField
      label={text.kind}
      value={kind}
      disabled={onKind === undefined}
      onChange={(event) => onKind?.(event.target.value === "tenant" ? "tenant" : "routes")}
    >
      <option value="routes">{text.kinds.routes}</option>
      <option value="tenant">{text.kinds.tenant}</option>
    </SelectField>
    <SelectField label={text.format} value={format} onChange={(event) => onFormat(event.target.value === "json" ? "json" : "yaml")}>
      <option value="yaml">YAML</option>
      <option value="json">JSON</option>
    </SelectField>
    {kind === "tenant" && (
      <div>
        <ScopeField value={scope} onChange={onScope} />
        {scope === "" && <p className="mt-1 text-xs text-warn">{text.chooseTenant}</p>}
      </div>
    )}
  </div>
);

type BesideProps = { readonly kind: Policy["kind"]; readonly draft: Draft; onInsert(written: string): void };
/** What helps while writing: the words, what it would change, and what it would do with a request. */
function Beside({ kind, draft, onInsert }: BesideProps) {
  const mayOperate = useMay("operate");
  const [tab, setTab] = useState("");
  const changes = (
    <Card flush>
      {draft.changes === undefined || Object.keys(draft.changes).length === 0 ? (
        <EmptyState title={draft.fine ? text.againstProduction : text.changesTab} />
      ) : (
        <ChangesTable changes={draft.changes} />
      )}
    </Card>
  );
  const tabs: readonly Tab[] = [
    ...(kind === "routes" ? [{ id: "words", label: text.words, content: <Words onInsert={onInsert} /> }] : []),
    { id: "changes", label: text.changesTab, content: changes },
    ...(kind === "routes" && mayOperate
      ? [{ id: "try", label: text.tryTab, content: <Explain routes={routesOf(draft.value)} ready={draft.fine} /> }]
      : []),
  ];
  return <Tabs label={text.newTitle} tabs={tabs} value={tab} onChange={setTab} />;
}

const routesOf = (value: unknown): unknown => (typeof value === "object" && value !== null && "routes" in value ? value.routes : undefined);
