import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { auditText as text } from "#text/audit.ts";
import { get } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Facts } from "../../ui/card.tsx";
import { CodeBlock, JsonBlock } from "../../ui/code.tsx";
import { Drawer } from "../../ui/dialog.tsx";
import { formatCount, formatMoment, formatUsd } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import { OutcomeBadge } from "./columns.tsx";
import type { ChainName, Entry } from "./entry-types.ts";
import { EntryProof } from "./proof.tsx";

type DrawerProps = {
  readonly tenant: string | undefined;
  readonly chain: ChainName;
  readonly seq: number;
  onSeq(seq: number | undefined): void;
};

/** One entry with all that was recorded, its hashes computed anew, and its receipt. */
export function EntryDrawer({ tenant, chain, seq, onSeq }: DrawerProps) {
  const entry = useQuery({
    queryKey: ["/admin/v1/audit", tenant, chain, seq],
    retry: false,
    queryFn: ({ signal }) => get<Entry>(`/admin/v1/audit/${seq}`, { tenant, chain }, signal),
  });
  return (
    <Drawer
      open
      onOpenChange={() => onSeq(undefined)}
      title={text.entryTitle(seq)}
      description={text.entryOf[chain]}
      footer={
        <>
          <Button size="small" disabled={seq <= 1} onClick={() => onSeq(seq - 1)}>
            <ChevronLeft className="size-3.5" aria-hidden />
            {text.older}
          </Button>
          <Button size="small" onClick={() => onSeq(seq + 1)}>
            {text.newer}
            <ChevronRight className="size-3.5" aria-hidden />
          </Button>
        </>
      }
    >
      <Loaded of={entry}>
        {(found) => (
          <div className="grid gap-5">
            <Facts facts={factsOf(found)} />
            <Changes entry={found} />
            <EntryProof entry={found} />
            <CodeBlock label={text.body} code={found.body} />
            {found.receipt !== undefined && (
              <JsonBlock label={text.receiptJson} value={{ hash: found.eventHash, body: found.body, ...found.receipt }} />
            )}
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

/** What of the recorded fields has a name of its own here; all of them stand in the body below. */
function factsOf({ event = {}, createdAt, chain }: Entry): readonly (readonly [string, ReactNode])[] {
  const facts: (readonly [string, ReactNode])[] = [[text.fields.when, formatMoment(createdAt)]];
  const add = (label: string, name: string, show: (value: string) => ReactNode = plain) => {
    const value = event[name];
    if (typeof value === "string" || typeof value === "number") facts.push([label, show(String(value))]);
  };
  add(text.fields.outcome, "outcome", (outcome) => <OutcomeBadge outcome={outcome} />);
  if (chain === "decisions") {
    add(text.fields.category, "category", (value) => categoryName(value));
    add(text.fields.action, "action", mono);
    add(text.fields.actor, "actor", mono);
    add(text.fields.role, "role");
    add(text.fields.permission, "permission", mono);
    add(text.fields.resource, "resource", mono);
  } else {
    add(text.fields.operation, "operation");
    add(text.fields.keyId, "keyId", mono);
    add(text.fields.model, "model", mono);
    add(text.fields.provider, "provider", mono);
    facts.push([text.fields.tokens, `${formatCount(numberOf(event["inputTokens"]))} + ${formatCount(numberOf(event["outputTokens"]))}`]);
    facts.push([text.fields.cost, formatUsd(numberOf(event["costMicroUsd"]))]);
  }
  add(text.fields.code, "code", mono);
  add(text.fields.reason, "reason");
  add(text.fields.count, "count");
  add(text.fields.requestId, "requestId", (id) => (chain === "calls" && event["type"] === "call" ? <CallLink id={id} /> : mono(id)));
  return facts;
}

const plain = (value: string): ReactNode => value;
const mono = (value: string): ReactNode => <code className="font-mono text-xs break-all">{value}</code>;
const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const categoryName = (value: string): string => Object.entries(text.categories).find(([id]) => id === value)?.[1] ?? value;

const CallLink = ({ id }: { readonly id: string }) => (
  <Link
    to="/calls/$requestId"
    params={{ requestId: id }}
    className="font-mono text-xs break-all text-accent underline"
    title={text.openCall}
  >
    {id}
  </Link>
);

type Change = { readonly old: unknown; readonly new: unknown };
const isChange = (value: unknown): value is Change => typeof value === "object" && value !== null && "old" in value && "new" in value;

function Changes({ entry }: { readonly entry: Entry }) {
  const changed = entry.event?.["changed"];
  if (typeof changed !== "object" || changed === null) return null;
  const rows = Object.entries(changed).filter((pair): pair is [string, Change] => isChange(pair[1]));
  if (rows.length === 0) return null;
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">{text.changes}</h3>
      <div className="overflow-x-auto rounded-md border border-line" role="region" aria-label={text.changes} tabIndex={0}>
        <table className="w-full text-xs">
          <thead>
            <tr className="border-b border-line text-left text-ink-faint">
              {[text.field, text.before, text.after].map((label) => (
                <th key={label} scope="col" className="px-3 py-1.5 font-medium">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, change]) => (
              <tr key={name} className="border-b border-line last:border-0">
                <th scope="row" className="px-3 py-1.5 text-left font-mono font-normal">
                  {name}
                </th>
                <td className="foreign px-3 py-1.5 font-mono text-ink-soft">{showValue(change.old)}</td>
                <td className="foreign px-3 py-1.5 font-mono">{showValue(change.new)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const showValue = (value: unknown): string =>
  value === null || value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value);
