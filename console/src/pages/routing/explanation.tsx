import { ArrowRight, Ban } from "lucide-react";
import type { ReactNode } from "react";
import { routingText as text } from "#text/routing.ts";
import { Badge, StateDot, type Tone } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatPercent } from "../../ui/format.ts";
import type { RouteExplanation } from "./types.ts";

type Rule = RouteExplanation["rules"][number];

/** Why a request would go where it would go, as the server tells it. */
export function Explanation({ of }: { readonly of: RouteExplanation }) {
  const { rules, signals, candidates, refusal } = of;
  const took = rules.findIndex((rule) => rule.took);
  return (
    <div className="grid gap-4 text-sm">
      <Goes of={of} />
      {refusal !== undefined && (
        <div className="rounded-md bg-bad-soft px-3 py-2">
          <p className="flex items-center gap-2 font-semibold text-bad">
            <Ban className="size-4 shrink-0" aria-hidden />
            {text.refused(refusal.status)} <span className="font-mono text-xs font-normal">{refusal.code}</span>
          </p>
          <p className="foreign mt-0.5">{refusal.message}</p>
        </div>
      )}
      {rules.length > 0 && (
        <Part title={text.rules}>
          <ol className="divide-y divide-line rounded-md border border-line">
            {rules.map((rule, at) => (
              <RuleRow key={rule.rule} rule={rule} isAfter={took >= 0 && at > took} />
            ))}
          </ol>
        </Part>
      )}
      {candidates.length > 0 && (
        <Part title={text.candidates}>
          <ul className="divide-y divide-line rounded-md border border-line">
            {candidates.map((candidate) => (
              <CandidateRow key={`${candidate.model} ${candidate.provider}`} candidate={candidate} />
            ))}
          </ul>
        </Part>
      )}
      <Part title={text.signals}>
        <Signals of={signals} />
      </Part>
    </div>
  );
}

function Goes({ of: { order, chance, trimmed } }: { readonly of: RouteExplanation }) {
  const [first, ...others] = order;
  if (first === undefined) return null;
  const notes = [
    others.length > 0 ? text.thenTo(others.join(", ")) : undefined,
    chance !== undefined && chance < 1 ? text.chance(formatPercent(chance)) : undefined,
    trimmed === undefined ? undefined : text.trimmed,
  ].filter((part) => part !== undefined);
  return (
    <div className="rounded-md bg-good-soft px-3 py-2">
      <p className="foreign flex items-center gap-2 font-semibold text-good">
        <ArrowRight className="size-4 shrink-0" aria-hidden />
        {text.goesTo(first)}
      </p>
      {notes.length > 0 && <p className="foreign mt-0.5 text-xs text-ink-soft">{notes.join(" · ")}</p>}
    </div>
  );
}

const CandidateRow = ({
  candidate: { model, provider, trust, fell, why },
}: {
  readonly candidate: RouteExplanation["candidates"][number];
}) => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
    <span className="foreign min-w-0 flex-1">
      {model} <span className="text-xs text-ink-faint">{provider}</span>{" "}
      {trust === "external" && <Badge tone="warn">{text.external}</Badge>}
    </span>
    <span className="[&>span]:!whitespace-normal">
      <StateDot tone={fell === undefined ? "good" : "neutral"}>{why ?? fell ?? text.eligible}</StateDot>
    </span>
  </li>
);

const Signals = ({ of }: { readonly of: RouteExplanation["signals"] }) =>
  Object.keys(of).length === 0 ? (
    <p className="text-xs text-ink-faint">{text.noSignals}</p>
  ) : (
    <dl className="flex flex-wrap gap-x-5 gap-y-1">
      {Object.entries(of).map(([name, value]) => (
        <div key={name} className="flex gap-1.5 font-mono text-xs">
          <dt className="text-ink-faint">{name}</dt>
          <dd className="foreign font-semibold">{String(value)}</dd>
        </div>
      ))}
    </dl>
  );

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section>
    <h3 className="mb-1.5 text-xs font-medium text-ink-faint">{title}</h3>
    {children}
  </section>
);

const OUTCOME_TONES: Readonly<Record<Rule["outcome"], Tone>> = { always: "good", holds: "good", fails: "neutral", failed: "warn" };

function RuleRow({ rule: { rule, when, outcome, took, use, trust, pii }, isAfter }: { readonly rule: Rule; readonly isAfter: boolean }) {
  return (
    <li className={classNames("flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-1.5", took && "bg-accent-soft")}>
      <span className="w-4 shrink-0 text-right text-xs text-ink-faint tabular-nums">{rule}</span>
      <span className="foreign min-w-0 flex-1">
        <code className="font-mono text-xs">{when ?? text.always}</code>
        <span className="block text-xs text-ink-soft">
          → {use.length === 0 ? text.noModels : use.join(", ")}
          {trust !== undefined && ` · trust ${trust}`}
          {pii !== undefined && ` · pii ${pii}`}
        </span>
      </span>
      <span className="text-xs">
        {took ? (
          <Badge tone="accent">{text.taken}</Badge>
        ) : (
          <StateDot tone={OUTCOME_TONES[outcome]}>
            {isAfter ? `${text.outcomes[outcome]}, ${text.afterTaken}` : text.outcomes[outcome]}
          </StateDot>
        )}
      </span>
    </li>
  );
}
