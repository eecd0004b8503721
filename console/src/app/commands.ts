import { useEffect } from "react";

export type PageCommand = { readonly id: string; readonly label: string; run(): void };

const offered = new Map<string, PageCommand>();
/** What the palette shows above the pages. */
export const commandsNow = (): readonly PageCommand[] => [...offered.values()];

/** Puts commands of a page into the palette for as long as the page is shown. */
export function useCommands(commands: readonly PageCommand[]): void {
  useEffect(() => {
    for (const command of commands) offered.set(command.id, command);
    return () => {
      for (const command of commands) offered.delete(command.id);
    };
  }, [commands]);
}
