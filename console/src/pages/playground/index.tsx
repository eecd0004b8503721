import { Columns2, SlidersHorizontal, SquarePen } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { useCommands } from "../../app/commands.ts";
import { useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../ui/states.tsx";
import type { Opens } from "./answer-view.tsx";
import { Composer } from "./composer.tsx";
import { ExchangeView } from "./exchange-view.tsx";
import { ModelChoice, useModels, warningsOf } from "./model-choice.tsx";
import { NoTenant } from "./no-tenant.tsx";
import { PathPanel } from "./path-panel.tsx";
import { problemsOf } from "./request.ts";
import { SettingsPanel } from "./settings-panel.tsx";
import { SnippetDialog } from "./snippet-dialog.tsx";
import { SourcePanel } from "./source-panel.tsx";
import {
  belongTo,
  clear,
  isRunning,
  send,
  setModel,
  setSettings,
  setSideBySide,
  stop,
  usePlayground,
  waitsForTools,
  type Playground,
} from "./store.ts";
import type { Citation, Model, Step } from "./types.ts";
import { useIsWide } from "./use-wide.ts";

type Panel =
  | { readonly kind: "none" | "settings" }
  | { readonly kind: "source"; readonly citation: Citation }
  | { readonly kind: "path"; readonly requestId: string };

/** Chat with any model or route, and see what happened to each request. */
export function PlaygroundPage() {
  const { data: me, error } = useMe();
  const chats = me?.tenant?.permissions.includes("chat") === true;
  if (me?.tenant !== undefined && chats) return <Chat key={me.tenant.keyId} who={`${me.tenant.slug} ${me.tenant.keyId}`} />;
  return (
    <Page title={text.title}>
      {me === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState error={error} />
        )
      ) : me.tenant === undefined ? (
        <NoTenant me={me} />
      ) : (
        <EmptyState title={text.mayNotChat}>{text.mayNotChatSay}</EmptyState>
      )}
    </Page>
  );
}

function Chat({ who }: { readonly who: string }) {
  useState(() => belongTo(who));
  const state = usePlayground();
  const { models, error } = useModels(true);
  const isWide = useIsWide();
  const [panel, setPanel] = useState<Panel>({ kind: isWide ? "settings" : "none" });
  const [code, setCode] = useState<Step["request"]>();
  const running = isRunning(state);
  useFirstModel(state, models);
  useAskedCollection();
  useStopKey(running);
  const close = () => setPanel({ kind: "none" });
  const opens = useMemo<Opens>(
    () => ({
      source: (citation) => setPanel({ kind: "source", citation }),
      path: (requestId) => setPanel({ kind: "path", requestId }),
      code: setCode,
    }),
    [],
  );
  const blocked = waitsForTools(state) ? text.waitsForTools : problemsOf(state.settings).length > 0 ? text.settingsWrong : undefined;
  const chosen = state.models.map((id) => models.find((model) => model.id === id));
  const { tools, form } = state.settings;
  return (
    <Page
      full
      title={text.title}
      actions={
        <Actions
          state={state}
          models={models}
          open={panel.kind === "settings"}
          onSettings={(on) => setPanel({ kind: on ? "settings" : "none" })}
        />
      }
    >
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {error !== null && models.length === 0 && <ErrorState error={error} />}
          {/* Words that stream in are not read out one by one. */}
          <p role="status" className="sr-only">
            {running ? text.working : state.exchanges.length > 0 ? text.ended : ""}
          </p>
          <Conversation state={state} opens={opens} canSend={blocked === undefined && models.length > 0} />
          <Composer
            running={running}
            blocked={blocked}
            warnings={(pictures) => warningsOf(chosen, { pictures, tools: tools.trim() !== "", form: form !== "text" })}
          />
        </div>
        {panel.kind === "settings" && <SettingsPanel settings={state.settings} onClose={close} />}
        {panel.kind === "source" && <SourcePanel citation={panel.citation} onClose={close} />}
        {panel.kind === "path" && <PathPanel requestId={panel.requestId} onClose={close} />}
      </div>
      {code !== undefined && <SnippetDialog request={code} onClose={() => setCode(undefined)} />}
    </Page>
  );
}

/** `auto` where there is one; a choice that is gone is made anew. */
function useFirstModel({ models: chosen }: Playground, models: readonly Model[]): void {
  useEffect(() => {
    if (models.length === 0) return;
    const first = models.find(({ id }) => id === "auto") ?? models[0];
    for (const [lane, id] of chosen.entries())
      if (!models.some((model) => model.id === id) && first !== undefined) setModel(lane, first.id);
  }, [chosen, models]);
}

/** Other pages lead here with a collection to ask. */
function useAskedCollection(): void {
  const [asked] = useSearchText("collection");
  useEffect(() => {
    if (asked !== "") setSettings({ collection: asked });
  }, [asked]);
}

/** Esc stops what is under way, unless something that is open above the page takes it. */
function useStopKey(running: boolean): void {
  useEffect(() => {
    if (!running) return undefined;
    const keys = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) stop();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [running]);
}

type ActionsProps = {
  readonly state: Playground;
  readonly models: readonly Model[];
  readonly open: boolean;
  onSettings(on: boolean): void;
};
function Actions({ state, models, open, onSettings }: ActionsProps) {
  const isDouble = state.models.length > 1;
  const second = models.find(({ id }) => id !== state.models[0])?.id ?? state.models[0] ?? "";
  const commands = useMemo(
    () => [
      { id: "playground-clear", label: text.clear, run: clear },
      { id: "playground-compare", label: isDouble ? text.oneModel : text.compare, run: () => setSideBySide(!isDouble, second) },
    ],
    [isDouble, second],
  );
  useCommands(commands);
  return (
    <>
      {state.models.map((id, lane) => (
        <ModelChoice
          key={lane}
          models={models}
          value={id}
          label={isDouble ? [text.modelA, text.modelB][lane]! : text.model}
          onChange={(model) => setModel(lane, model)}
        />
      ))}
      <Button aria-pressed={isDouble} onClick={() => setSideBySide(!isDouble, second)} aria-label={text.compare}>
        <Columns2 className="size-4" aria-hidden />
        <span className="max-sm:hidden">{text.compare}</span>
      </Button>
      <Button onClick={() => onSettings(!open)} aria-expanded={open} aria-label={open ? text.hideSettings : text.showSettings}>
        <SlidersHorizontal className="size-4" aria-hidden />
        <span className="max-sm:hidden">{text.settings}</span>
      </Button>
      <Button onClick={clear} disabled={state.exchanges.length === 0} aria-label={text.clear}>
        <SquarePen className="size-4" aria-hidden />
        <span className="max-xl:hidden">{text.clear}</span>
      </Button>
    </>
  );
}

/** Follows the newest words, until the reader scrolls away from them. */
function Conversation({ state, opens, canSend }: { readonly state: Playground; readonly opens: Opens; readonly canSend: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { exchanges, models } = state;
  useEffect(() => {
    const { current } = box;
    if (current !== null && follows.current) current.scrollTop = current.scrollHeight;
  }, [exchanges]);
  return (
    <div
      ref={box}
      className="min-h-0 flex-1 overflow-y-auto"
      tabIndex={0}
      role="region"
      aria-label={text.conversation}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < 48;
      }}
    >
      {exchanges.length === 0 ? (
        <Welcome canSend={canSend} />
      ) : (
        <div className={`mx-auto grid gap-8 px-4 py-5 ${models.length > 1 ? "max-w-6xl" : "max-w-4xl"}`}>
          {exchanges.map((exchange) => (
            <ExchangeView key={exchange.id} exchange={exchange} models={models} opens={opens} />
          ))}
        </div>
      )}
    </div>
  );
}

const Welcome = ({ canSend }: { readonly canSend: boolean }) => (
  <div className="grid min-h-full content-center">
    <EmptyState
      title={text.emptyTitle}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          {text.tryThese.map((question) => (
            <Button
              key={question}
              disabled={!canSend}
              onClick={() => send(question, [])}
              className="!h-auto !shrink py-1.5 !whitespace-normal"
            >
              {question}
            </Button>
          ))}
        </div>
      }
    >
      {text.emptySay} {text.privacy}
    </EmptyState>
  </div>
);
