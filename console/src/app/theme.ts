import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "weir.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** A browser that keeps nothing (private mode, a policy) still shows a theme. */
function stored(): Theme {
  try {
    const chosen = localStorage.getItem(KEY);
    return chosen === "light" || chosen === "dark" ? chosen : "system";
  } catch {
    return "system";
  }
}

let chosen = stored();
export const isDark = (): boolean => chosen === "dark" || (chosen === "system" && system.matches);

function show(): void {
  document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
}
system.addEventListener("change", show);

export function chooseTheme(theme: Theme): void {
  chosen = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is left.
  }
  show();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => chosen);
/** For what draws with colours of its own: charts. */
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark);
