import { useQuery } from "@tanstack/react-query";
import { routingText as text } from "#text/routing.ts";
import { get } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { Badge } from "../../ui/badge.tsx";
import { Card } from "../../ui/card.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import type { EffectiveRoutes, RouteSignals } from "./types.ts";

export const useRoutes = (enabled = true) =>
  useQuery({
    queryKey: ["/admin/v1/routes"],
    enabled,
    queryFn: ({ signal }) => get<EffectiveRoutes>("/admin/v1/routes", undefined, signal),
  });

type WordProps = { readonly name: string; readonly say: string; readonly note?: string; onInsert(written: string): void };
const Word = ({ name, say, note, onInsert }: WordProps) => (
  <Tooltip say={note === undefined ? say : `${say} (${note})`}>
    <button
      type="button"
      aria-label={text.insert(name)}
      onClick={() => onInsert(name)}
      className="rounded border border-line bg-sunken px-1.5 py-0.5 font-mono text-xs text-ink-soft hover:border-line-strong hover:text-ink"
    >
      {name}
    </button>
  </Tooltip>
);

/** What a condition can be made of; a click writes it at the cursor. */
export function Words({ onInsert }: { onInsert(written: string): void }) {
  const asked = useQuery({
    queryKey: ["/admin/v1/routes/signals"],
    queryFn: ({ signal }) => get<RouteSignals>("/admin/v1/routes/signals", undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const routes = useRoutes(useMay("operate"));
  return (
    <Card>
      <p className="mb-3 text-xs text-ink-faint">{text.wordsLead}</p>
      <Loaded of={asked}>
        {({ signals, modelSignals, functions, operators }) => (
          <div className="grid gap-3">
            <div className="flex flex-wrap gap-1.5">
              {signals.map(({ name, kind, description }) => (
                <Word key={name} name={name} say={description} note={text.kindsOfSignal[kind]} onInsert={onInsert} />
              ))}
              {modelSignals.map(({ name, kind, description }) => (
                <Word key={name} name={`${name}("")`} say={description} note={text.kindsOfSignal[kind]} onInsert={onInsert} />
              ))}
            </div>
            <Group title={text.functions}>
              {functions.map(({ name, example, description }) => (
                <Word key={name} name={example} say={description} onInsert={onInsert} />
              ))}
            </Group>
            <Group title={text.operators}>
              <span className="font-mono text-xs text-ink-soft">{operators.join("  ")}</span>
            </Group>
            {routes.data !== undefined && (
              <Group title={text.models}>
                {routes.data.models
                  .filter(({ chats }) => chats)
                  .map(({ name, trust, priced }) => (
                    <span key={name} className="inline-flex items-center gap-1">
                      <Word name={name} say={priced ? text[trust] : `${text[trust]}, ${text.unpriced}`} onInsert={onInsert} />
                      {trust === "external" && <Badge tone="warn">{text.external}</Badge>}
                    </span>
                  ))}
              </Group>
            )}
          </div>
        )}
      </Loaded>
    </Card>
  );
}

const Group = ({ title, children }: { readonly title: string; readonly children: React.ReactNode }) => (
  <div>
    <div className="mb-1 text-xs font-medium text-ink-faint">{title}</div>
    <div className="flex flex-wrap gap-1.5">{children}</div>
  </div>
);
