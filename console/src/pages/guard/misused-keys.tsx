import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { guardText as text } from "#text/guard.ts";
import { get } from "../../api/client.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Meter } from "../../ui/meter.tsx";
import { Loaded } from "../../ui/states.tsx";
import type { GuardKeys } from "./types.ts";

const say = text.events;
const PATH = "/admin/v1/guard/keys";
const EVERY_MS = 15_000;

/** Keys by how their calls set rules off of late, beside the thresholds. `tenant` is `""` for all of them. */
export function MisusedKeys({ tenant }: { readonly tenant: string }) {
  const listed = useQuery({
    queryKey: [PATH, tenant],
    queryFn: ({ signal }) => get<GuardKeys>(PATH, { tenant }, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
  });
  return (
    <Card title={say.misused}>
      <Loaded of={listed}>
        {(keys) => (
          <div className="grid gap-3">
            <p className="text-xs text-ink-faint">
              {say.misusedSay[keys.mode]} {keys.mode !== "off" && say.misusedHere}
            </p>
            {keys.data.length === 0 ? (
              keys.mode !== "off" && <p className="text-sm text-ink-soft">{say.misusedNone}</p>
            ) : (
              <ul className="grid gap-2">
                {keys.data.map((key) => (
                  <KeyLine key={key.key} line={key} of={keys} />
                ))}
              </ul>
            )}
          </div>
        )}
      </Loaded>
    </Card>
  );
}

type LineProps = { readonly line: GuardKeys["data"][number]; readonly of: GuardKeys };
function KeyLine({ line: { tenant, key, score, level }, of: { throttleAbove, suspendAbove } }: LineProps) {
  const told = say.scoreOf(score.toFixed(1), String(suspendAbove));
  const tone = level === "high" ? "bad" : level === "elevated" ? "warn" : "accent";
  return (
    <li className="grid items-center gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
      <span className="foreign min-w-0">
        <Link to="/tenants/$slug" params={{ slug: tenant }} search={{ tab: "keys" }} className="text-accent hover:underline">
          {tenant}
        </Link>{" "}
        <code className="text-xs text-ink-soft">{key}</code>
      </span>
      <Meter label={`${key}: ${told}`} share={score / suspendAbove} mark={throttleAbove / suspendAbove} tone={tone} />
      <span className="flex items-center gap-2 text-xs text-ink-soft tabular-nums">
        {told}
        {level !== null && <Badge tone={tone}>{say.levels[level]}</Badge>}
      </span>
    </li>
  );
}
