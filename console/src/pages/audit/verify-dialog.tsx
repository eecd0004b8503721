import { useCallback, useEffect, useRef, useState } from "react";
import { auditText as text } from "#text/audit.ts";
import type { z } from "zod";
import type { auditVerdict } from "../../../../src/contract/answer-admin.ts";
import { get, post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Facts } from "../../ui/card.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCount, formatMoment } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { canVerify } from "./crypto.ts";
import type { ChainName } from "./entry-types.ts";
import { Mark } from "./proof.tsx";
import { recall, remember } from "./remembered.ts";
import { verifyChain, type ChainPage, type Checkpoints, type Verdict } from "./verify-chain.ts";

type ServerVerdict = z.infer<typeof auditVerdict>;
type Progress = { readonly done: number; readonly total: number };
type State = {
  readonly progress: Progress | undefined;
  readonly verdict: Verdict | undefined;
  readonly error: unknown;
};
const IDLE: State = { progress: undefined, verdict: undefined, error: undefined };

/** Of this chain the platform's has no calls, and calls alone have checkpoints. */
async function checkChain(tenant: string | undefined, chain: ChainName, onProgress: (progress: Progress) => void): Promise<Verdict> {
  const name = tenant ?? "platform";
  const verdict = await verifyChain({
    readPage: (after) => get<ChainPage>("/admin/v1/audit/chain", { tenant, chain, after }),
    readCheckpoints: async () => (chain === "calls" ? get<Checkpoints>("/admin/v1/audit/checkpoints", { tenant }) : undefined),
    remembered: recall(name, chain),
    onProgress: (done, total) => onProgress({ done, total }),
  });
  if (verdict.ok) remember(name, chain, { ...verdict.head, keyId: verdict.keyId, at: new Date().toISOString() });
  return verdict;
}

type Props = { readonly tenant: string | undefined; onClose(): void; onOpenEntry(chain: ChainName, seq: number): void };

export function VerifyDialog({ tenant, onClose, onOpenEntry }: Props) {
  const chains: readonly ChainName[] = tenant === undefined ? ["decisions"] : ["calls", "decisions"];
  const [states, setStates] = useState<Readonly<Record<ChainName, State>>>({ calls: IDLE, decisions: IDLE });
  const [server, setServer] = useState<ServerVerdict>();
  const [busy, setBusy] = useState(false);
  const open = useRef(true);
  useEffect(() => {
    open.current = true;
    return () => {
      open.current = false;
    };
  }, []);
  const run = useCallback(async () => {
    setBusy(true);
    setServer(undefined);
    setStates({ calls: IDLE, decisions: IDLE });
    const note = (chain: ChainName, state: Partial<State>) => {
      if (open.current) setStates((before) => ({ ...before, [chain]: { ...before[chain], ...state } }));
    };
    for (const chain of tenant === undefined ? (["decisions"] as const) : (["calls", "decisions"] as const)) {
      note(chain, { progress: { done: 0, total: 0 } });
      try {
        note(chain, { verdict: await checkChain(tenant, chain, (progress) => note(chain, { progress })) });
      } catch (error) {
        note(chain, { error });
      }
    }
    const said = tenant === undefined ? undefined : await post<ServerVerdict>("/admin/v1/audit/verify", { tenant }).catch(() => undefined);
    if (!open.current) return;
    setServer(said);
    setBusy(false);
  }, [tenant]);
  const begun = chains.some((chain) => states[chain].progress !== undefined);
  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title={text.verifyTitle}
      description={text.verifyLead}
      footer={
        <Button kind="primary" busy={busy} disabled={!canVerify()} onClick={() => void run()}>
          {begun ? text.verifyAgain : text.verifyRun}
        </Button>
      }
    >
      <div className="grid gap-4" aria-live="polite">
        {!canVerify() && <p className="text-sm text-bad">{text.cannotVerify}</p>}
        {chains.map((chain) => (
          <ChainState
            key={chain}
            chain={chain}
            state={states[chain]}
            server={
              server === undefined ? undefined : chain === "calls" ? { ...server, ok: server.firstBadSeq === undefined } : server.decisions
            }
            onOpenEntry={(seq) => onOpenEntry(chain, seq)}
          />
        ))}
        <p className="text-xs text-ink-faint">{text.limits}</p>
      </div>
    </Dialog>
  );
}

type ServerSays = {
  readonly ok: boolean;
  readonly entries: number;
  readonly firstBadSeq?: number | undefined;
  readonly reason?: string | undefined;
};
type ChainStateProps = {
  readonly chain: ChainName;
  readonly state: State;
  readonly server: ServerSays | undefined;
  onOpenEntry(seq: number): void;
};

function ChainState({ chain, state: { progress, verdict, error }, server, onOpenEntry }: ChainStateProps) {
  const share = progress === undefined || progress.total === 0 ? (verdict === undefined ? 0 : 1) : progress.done / progress.total;
  return (
    <section className="grid gap-3 rounded-lg border border-line p-4" aria-label={text.chains[chain]} data-chain={chain}>
      <header className="flex flex-wrap items-baseline justify-between gap-2">
        <h3 className="text-sm font-semibold">{text.chains[chain]}</h3>
        {verdict === undefined ? (
          <span className="text-xs text-ink-faint tabular-nums">
            {progress === undefined ? "" : text.verifying(progress.done, progress.total)}
          </span>
        ) : (
          <Mark good={verdict.ok}>{verdict.ok ? text.whole(verdict.entries) : text.changed(verdict.seq)}</Mark>
        )}
      </header>
      <Meter
        label={`${text.chains[chain]}: ${text.progress}`}
        share={share}
        tone={verdict === undefined ? "accent" : verdict.ok ? "good" : "bad"}
      />
      {error !== undefined && <ErrorState error={error} />}
      {verdict !== undefined &&
        (verdict.ok ? <Whole verdict={verdict} chain={chain} /> : <Changed verdict={verdict} onOpenEntry={onOpenEntry} />)}
      {server !== undefined && verdict !== undefined && <ServerLine server={server} isWhole={verdict.ok} />}
    </section>
  );
}

function Whole({ verdict, chain }: { readonly verdict: Extract<Verdict, { ok: true }>; readonly chain: ChainName }) {
  const { head, checkpoints, signatures, keyId, remembered, cutAt, suspect } = verdict;
  const told =
    checkpoints === 0
      ? text.checkpointsNone
      : signatures === true
        ? text.checkpointsGood(checkpoints, keyId ?? "")
        : text.checkpointsUnchecked(checkpoints);
  return (
    <>
      <Facts
        facts={[
          [text.lastEntry, formatCount(head.seq)],
          [
            text.lastHash,
            <code key="hash" className="font-mono text-xs break-all">
              {head.hash}
            </code>,
          ],
          ...(chain === "calls" ? [[text.checkpoints, told] as const] : []),
        ]}
      />
      <ul className="grid gap-1 text-xs text-ink-soft">
        <li>{remembered === undefined ? text.rememberedFirst : text.rememberedSame(remembered.seq, formatMoment(remembered.at))}</li>
        {cutAt > 0 && <li>{text.cutAt(cutAt)}</li>}
        {suspect > 0 && <li>{text.suspect(suspect)}</li>}
      </ul>
    </>
  );
}

function Changed({ verdict, onOpenEntry }: { readonly verdict: Extract<Verdict, { ok: false }>; onOpenEntry(seq: number): void }) {
  return (
    <div role="alert" className="grid gap-3 rounded-md border border-bad/40 bg-bad-soft p-3">
      <p className="text-sm font-semibold text-bad">{text.flaws[verdict.flaw]}</p>
      <Facts
        facts={[
          [
            text.expected,
            <code key="expected" className="font-mono text-xs break-all">
              {verdict.expected}
            </code>,
          ],
          [
            text.found,
            <code key="found" className="font-mono text-xs break-all">
              {verdict.found === "" ? "—" : verdict.found}
            </code>,
          ],
        ]}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" onClick={() => onOpenEntry(verdict.seq)}>
          {text.openEntry(verdict.seq)}
        </Button>
        <span className="text-xs text-ink-soft">{text.wholeBefore(verdict.entries)}</span>
      </div>
    </div>
  );
}

function ServerLine({ server, isWhole }: { readonly server: ServerSays; readonly isWhole: boolean }) {
  const says = server.ok ? text.serverWhole(server.entries) : text.serverChanged(server.firstBadSeq ?? 0, server.reason ?? "");
  return (
    <div className="grid gap-1 border-t border-line pt-3 text-xs text-ink-soft">
      <p>
        {text.serverSays}: <strong>{says}</strong>
      </p>
      {server.ok !== isWhole && <p className="font-semibold text-bad">{text.serverDisagrees}</p>}
    </div>
  );
}
