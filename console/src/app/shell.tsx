import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Command, ExternalLink, Menu as MenuIcon, SunMoon, UserRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { shellText as text } from "#text/shell.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Menu } from "../ui/menu.tsx";
import { SkeletonRows } from "../ui/states.tsx";
import { Toasts } from "../ui/toast.tsx";
import { TooltipRoot } from "../ui/tooltip.tsx";
import { accentColours } from "./accent.ts";
import { AccountMenu } from "./account-menu.tsx";
import { useMe, type Me } from "./me.ts";
import { PAGES } from "./pages.ts";
import { Palette } from "./palette.tsx";
import { useSettings } from "./settings.ts";
import { chooseTheme, useIsDark, useTheme, type Theme } from "./theme.ts";

/** Pages for whoever is not known yet. Others wait to know who looks, so that they ask for nothing that the role may not have. */
const PUBLIC_PATHS = ["/login", "/start"];

/** What stands round every page: navigation, commands, account. */
export function Shell() {
  const { data: me, isPending } = useMe();
  const [open, setOpen] = useState(false);
  const [palette, setPalette] = useState(false);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => setOpen(false), [path]);
  useBrand();
  return (
    <TooltipRoot delayDuration={300}>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-70 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {text.skip}
      </a>
      <div className="flex h-dvh flex-col">
        <TopBar me={me} onMenu={() => setOpen(!open)} menuOpen={open} onPalette={() => setPalette(true)} />
        <div className="flex min-h-0 flex-1">
          {me !== undefined && <Sidebar me={me} open={open} />}
          <main
            ref={main}
            id="content"
            tabIndex={-1}
            className="flex min-w-0 flex-1 flex-col overflow-y-auto outline-none [scrollbar-gutter:stable] has-[[data-full]]:[scrollbar-gutter:auto]"
          >
            {isPending && !PUBLIC_PATHS.includes(path) ? <SkeletonRows /> : <Outlet />}
          </main>
        </div>
      </div>
      <Palette open={palette} onOpenChange={setPalette} me={me} />
      <Toasts />
    </TooltipRoot>
  );
}

/** Name and colours of the operator. */
function useBrand(): void {
  const { data } = useSettings();
  const dark = useIsDark();
  useEffect(() => {
    const root = document.documentElement;
    if (data === undefined) return;
    root.dataset["product"] = data.name;
    const colours = accentColours(dark ? data.accent.dark : data.accent.light);
    for (const [name, value] of Object.entries(colours))
      if (value === undefined) root.style.removeProperty(name);
      else root.style.setProperty(name, value);
  }, [data, dark]);
}

type TopBarProps = { readonly me: Me | undefined; readonly menuOpen: boolean; onMenu(): void; onPalette(): void };
function TopBar({ me, menuOpen, onMenu, onPalette }: TopBarProps) {
  const { data: settings } = useSettings();
  const theme = useTheme();
  const themes: readonly Theme[] = ["system", "light", "dark"];
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-3">
      {me !== undefined && (
        <IconButton label={text.openNavigation} aria-expanded={menuOpen} aria-controls="pages" onClick={onMenu} className="md:hidden">
          <MenuIcon className="size-4" aria-hidden />
        </IconButton>
      )}
      <Link to="/" className="flex min-w-0 items-center gap-2 rounded font-semibold">
        <img src={settings?.logo ?? "/console/icon.svg"} alt="" className="size-6 shrink-0 object-contain" />
        <span className="foreign truncate">{settings?.name ?? ""}</span>
      </Link>
      <div className="flex-1" />
      {settings?.links.map(({ label, url }) => (
        <Button key={url} kind="ghost" asChild className="max-md:hidden">
          <a href={url} target="_blank" rel="noopener noreferrer">
            <span className="foreign">{label}</span>
            <ExternalLink className="size-3.5" aria-hidden />
          </a>
        </Button>
      ))}
      {me !== undefined && (
        <Button onClick={onPalette} aria-keyshortcuts="Meta+K Control+K" className="max-sm:w-8 max-sm:px-0">
          <Command className="size-3.5" aria-hidden />
          <span className="max-sm:sr-only">{text.commands}</span>
          <kbd aria-hidden className="rounded border border-line px-1 font-sans text-xs text-ink-faint max-sm:hidden">
            {navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K"}
          </kbd>
        </Button>
      )}
      <Menu
        trigger={
          <IconButton label={text.appearance}>
            <SunMoon className="size-4" aria-hidden />
          </IconButton>
        }
        items={themes.map((id) => ({ id, label: `${text.theme[id]}${id === theme ? " ✓" : ""}`, onSelect: () => chooseTheme(id) }))}
      />
      {me === undefined ? (
        <Button kind="ghost" asChild>
          <Link to="/login">
            <UserRound className="size-4" aria-hidden />
            {text.signIn}
          </Link>
        </Button>
      ) : (
        <AccountMenu me={me} />
      )}
    </header>
  );
}

function Sidebar({ me, open }: { readonly me: Me; readonly open: boolean }) {
  const shown = PAGES.filter((page) => page.shows(me));
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <nav
      id="pages"
      aria-label={text.navigation}
      className={classNames(
        "w-52 shrink-0 overflow-y-auto border-r border-line bg-surface px-2 py-3 max-md:fixed max-md:inset-y-12 max-md:left-0 max-md:z-30 max-md:h-[calc(100dvh-3rem)] max-md:shadow-pop",
        !open && "max-md:hidden",
      )}
    >
      {groups.map((group) => (
        <div key={group} className="mb-3">
          <div className="px-2 pb-1 text-xs font-medium text-ink-faint">{text.groups[group]}</div>
          <ul>
            {shown
              .filter((page) => page.group === group)
              .map(({ path, label, icon: Icon }) => (
                <li key={path}>
                  <Link
                    to={path}
                    className="flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-ink-soft -outline-offset-2 hover:bg-sunken hover:text-ink"
                    activeProps={{ className: "!bg-accent-soft !text-ink font-medium", "aria-current": "page" }}
                  >
                    <Icon className="size-4 shrink-0" aria-hidden />
                    {label}
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
