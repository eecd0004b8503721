import { useQuery } from "@tanstack/react-query";
import { Check, CircleDashed, X } from "lucide-react";
import { auditText as text } from "#text/audit.ts";
import { Facts } from "../../ui/card.tsx";
import { canVerify, entryHash, openKey, sha256 } from "./crypto.ts";
import type { Entry } from "./entry-types.ts";

type Proof = {
  readonly body: boolean;
  readonly link: boolean;
  readonly receipt: "good" | "bad" | "unchecked" | undefined;
  readonly keyId: string;
};

async function prove(entry: Entry): Promise<Proof> {
  const body = (await sha256(entry.body)) === entry.eventHash;
  const link = (await entryHash(entry.prevHash, entry)) === entry.hash;
  const key = entry.receipt === undefined ? undefined : await openKey(entry.receipt.publicKey);
  const signed = key !== undefined && entry.receipt !== undefined && (await key.isSigned(entry.eventHash, entry.receipt.signature));
  const receipt = entry.receipt === undefined ? undefined : key === undefined ? "unchecked" : signed ? "good" : "bad";
  return { body, link, receipt, keyId: key?.keyId ?? entry.receipt?.keyId ?? "" };
}

/** The entry's hashes, computed anew here, and its receipt. */
export function EntryProof({ entry }: { readonly entry: Entry }) {
  const proof = useQuery({
    queryKey: ["audit-proof", entry.hash, entry.body, entry.prevHash],
    enabled: canVerify(),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => prove(entry),
  });
  const { data } = proof;
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">{text.proof}</h3>
      <p className="text-xs text-ink-faint">{canVerify() ? text.proofLead : text.cannotVerify}</p>
      <Facts
        facts={[
          [text.bodyHash, <Hash key="body" hash={entry.eventHash} good={data?.body} />],
          [text.prevHash, <Hash key="prev" hash={entry.prevHash} />],
          [text.linkHash, <Hash key="link" hash={entry.hash} good={data?.link} />],
          ...(entry.chain === "calls" ? [[text.receipt, <ReceiptState key="receipt" proof={data} entry={entry} />] as const] : []),
        ]}
      />
      <p className="text-xs text-ink-faint">{entry.chain === "calls" ? text.receiptNote : text.decisionNote}</p>
    </section>
  );
}

function ReceiptState({ proof, entry }: { readonly proof: Proof | undefined; readonly entry: Entry }) {
  if (entry.receipt === undefined) return <Mark good={false}>{text.receiptNone}</Mark>;
  if (proof === undefined || proof.receipt === undefined) return <Mark>{text.checking}</Mark>;
  if (proof.receipt === "unchecked") return <Mark>{text.receiptUnchecked}</Mark>;
  return <Mark good={proof.receipt === "good"}>{proof.receipt === "good" ? text.receiptGood(proof.keyId) : text.receiptBad}</Mark>;
}

/** `good` undefined: not compared, or not yet. */
function Hash({ hash, good }: { readonly hash: string; readonly good?: boolean | undefined }) {
  return (
    <span className="grid gap-0.5">
      <code className="font-mono text-xs break-all">{hash === "" ? "—" : hash}</code>
      {good !== undefined && <Mark good={good}>{good ? text.good : text.bad}</Mark>}
    </span>
  );
}

export function Mark({ good, children }: { readonly good?: boolean | undefined; readonly children: string }) {
  const Icon = good === undefined ? CircleDashed : good ? Check : X;
  const tone = good === undefined ? "text-ink-faint" : good ? "text-good" : "text-bad";
  return (
    <span className={`inline-flex items-start gap-1 text-xs font-medium ${tone}`}>
      <Icon className="mt-px size-3.5 shrink-0" aria-hidden />
      {children}
    </span>
  );
}
