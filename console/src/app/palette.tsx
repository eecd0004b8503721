import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useEffect } from "react";
import { shellText as text } from "#text/shell.ts";
import { commandsNow } from "./commands.ts";
import type { Me } from "./me.ts";
import { PAGES } from "./pages.ts";
import { chooseTheme, type Theme } from "./theme.ts";

const ITEM = "flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm data-[selected=true]:bg-accent-soft";

type PaletteProps = { readonly open: boolean; onOpenChange(open: boolean): void; readonly me: Me | undefined };

/** What has each word that was typed; what begins with it stands first. Letters here and there would find a long name by almost anything. */
const scoreOf = (value: string, typed: string): number => {
  const [name, asked] = [value.toLowerCase(), typed.trim().toLowerCase()];
  return !asked.split(/\s+/).every((word) => name.includes(word)) ? 0 : name.startsWith(asked) ? 1 : 0.5;
};

/** ⌘K: every page and what the page that is shown offers, by name. */
export function Palette({ open, onOpenChange, me }: PaletteProps) {
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || me === undefined) return;
      event.preventDefault();
      onOpenChange(!open);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [me, onOpenChange, open]);
  const run = (act: () => void) => () => {
    onOpenChange(false);
    act();
  };
  const themes: readonly Theme[] = ["system", "light", "dark"];
  return (
    <Command.Dialog
      open={open}
      onOpenChange={onOpenChange}
      label={text.commands}
      filter={scoreOf}
      overlayClassName="fixed inset-0 z-40 bg-black/45"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-pop"
    >
      <Command.Input
        aria-label={text.commands}
        placeholder={text.commandsHint}
        className="h-11 w-full border-b border-line bg-transparent px-4 text-sm outline-none placeholder:text-ink-faint"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-faint">
        <Command.Empty className="px-3 py-6 text-center text-sm text-ink-soft">{text.commandsNothing}</Command.Empty>
        {commandsNow().length > 0 && (
          <Command.Group heading={text.commands}>
            {commandsNow().map(({ id, label, run: act }) => (
              <Command.Item key={id} value={`${label} ${id}`} onSelect={run(act)} className={ITEM}>
                {label}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading={text.goTo}>
          {PAGES.filter((page) => me !== undefined && page.shows(me)).map(({ path, label, icon: Icon }) => (
            <Command.Item key={path} value={label} onSelect={run(() => void navigate({ to: path }))} className={ITEM}>
              <Icon className="size-4 text-ink-soft" aria-hidden />
              {label}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={text.appearance}>
          {themes.map((id) => (
            <Command.Item key={id} value={`${text.appearance} ${text.theme[id]}`} onSelect={run(() => chooseTheme(id))} className={ITEM}>
              {text.theme[id]}
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}
