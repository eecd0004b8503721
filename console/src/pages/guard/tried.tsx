import { guardText as text } from "#text/guard.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { formatPercent } from "../../ui/format.ts";
import { Meter } from "../../ui/meter.tsx";
import { lookOf, Masked, NOBODYS } from "./highlight.tsx";
import type { Finding, GuardTried, Outcome } from "./types.ts";

const say = text.try;
const TONES: Readonly<Record<Outcome["outcome"], Tone>> = {
  allow: "good",
  mask: "accent",
  change: "accent",
  withhold: "warn",
  "private-only": "warn",
  refuse: "bad",
  stop: "bad",
};

/** What was found, and what would arrive where. Keeps its place while nothing is written. */
export function Tried({ tried, original }: { readonly tried: GuardTried | undefined; readonly original: string }) {
  if (tried === undefined)
    return (
      <Card>
        <p className="py-16 text-center text-sm text-ink-soft">{say.waiting}</p>
      </Card>
    );
  return (
    <>
      <Legend tried={tried} />
      {tried.outcomes.map((outcome) => (
        <Arrives key={outcome.for} outcome={outcome} original={original} />
      ))}
      {tried.notAsked.length > 0 && <p className="text-xs text-ink-soft">{say.notAsked([...new Set(tried.notAsked)].join(", "))}</p>}
    </>
  );
}

/** By type, the most certain first word of why. */
function Legend({ tried: { findings, injection, direction, mode, rules } }: { readonly tried: GuardTried }) {
  const byType = Map.groupBy(findings, ({ type }) => type);
  return (
    <Card title={say.legend}>
      <div className="grid gap-3">
        {byType.size === 0 ? (
          <p className="text-sm text-ink-soft">{say.nothing}</p>
        ) : (
          <ul className="flex flex-wrap gap-2" data-testid="legend">
            {[...byType].map(([type, some]) => (
              <LegendType key={type} type={type} some={some} />
            ))}
          </ul>
        )}
        {mode !== null && <p className="text-xs text-ink-faint">{say.mode(mode)}</p>}
        {direction === "in" && <Attack injection={injection} />}
        {rules.length > 0 && <Rules rules={rules} />}
      </div>
    </Card>
  );
}

function LegendType({ type, some }: { readonly type: string; readonly some: readonly Finding[] }) {
  const counts = some.some((finding) => finding.counts);
  const why = some.map(({ score, reason }) => say.sure(formatPercent(score, 0), reason)).join("\n");
  return (
    <li title={counts ? why : `${why}\n${say.nobodysSay}`} className="inline-flex items-center gap-1.5 text-xs">
      <span className={`rounded-xs px-1 py-0.5 font-mono ${counts ? lookOf(type) : NOBODYS}`}>{type}</span>
      <span className="text-ink-soft tabular-nums">{say.count(some.length)}</span>
      {!counts && <span className="text-ink-faint">{say.nobodys}</span>}
    </li>
  );
}

function Attack({ injection }: Pick<GuardTried, "injection">) {
  if (injection === null) return <p className="text-xs text-ink-faint">{say.attackOff}</p>;
  const { score, limit, saw } = injection;
  const told = say.attackScore(score.toFixed(2), limit.toFixed(2));
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-xs">
        <span className="font-medium text-ink-soft">{say.attack}</span>
        <span className="text-ink-soft tabular-nums">{told}</span>
      </div>
      <Meter
        label={`${say.attack}: ${told}`}
        share={score}
        mark={limit}
        tone={score > limit ? "bad" : score > limit / 2 ? "warn" : "good"}
      />
      {saw.length > 0 && (
        <div className="flex flex-wrap gap-1">
          <span className="text-xs text-ink-faint">{say.saw}</span>
          {saw.map((word) => (
            <Badge key={word}>{word}</Badge>
          ))}
        </div>
      )}
    </div>
  );
}

function Rules({ rules }: Pick<GuardTried, "rules">) {
  const seen = Map.groupBy(rules, ({ rule, what, action }) => `${rule}\n${what}\n${action}`);
  return (
    <div className="grid gap-1.5 text-xs">
      <span className="font-medium text-ink-soft">{say.rules}</span>
      <ul className="flex flex-wrap gap-2">
        {[...seen].map(([key, [first, ...more]]) => (
          <li key={key} className="inline-flex items-center gap-1.5">
            <Badge tone={first?.action === "blocked" ? "bad" : first?.action === "replaced" ? "accent" : "neutral"}>
              {say.rule(first?.rule ?? "", first?.what ?? "")}
            </Badge>
            <span className="text-ink-soft">
              {first === undefined ? "" : say.actions[first.action]} {more.length > 0 && say.count(more.length + 1)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One kind of target, and the text as it gets it. */
function Arrives({ outcome, original }: { readonly outcome: Outcome; readonly original: string }) {
  const { for: whom, text: arrives, code } = outcome;
  return (
    <Card
      title={say.targets[whom]}
      actions={
        <>
          <Badge tone={TONES[outcome.outcome]}>{say.outcomes[outcome.outcome]}</Badge>
          {code !== null && <code className="text-xs text-ink-soft">{code}</code>}
          {arrives !== null && outcome.outcome !== "allow" && <CopyButton value={arrives} />}
        </>
      }
      flush={arrives === null}
    >
      {arrives !== null && (
        <div
          data-testid={`arrives-${whom}`}
          dir="auto"
          className="foreign max-h-60 overflow-y-auto whitespace-pre-wrap"
          tabIndex={0}
          role="region"
          aria-label={say.targets[whom]}
        >
          <Masked text={arrives} />
        </div>
      )}
      {outcome.outcome === "allow" && arrives !== null && arrives !== original && (
        <p className="mt-2 text-xs text-ink-faint">{say.changedSay}</p>
      )}
    </Card>
  );
}
