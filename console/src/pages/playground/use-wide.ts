import { useSyncExternalStore } from "react";

const wide = matchMedia("(min-width: 64rem)");
const subscribe = (listener: () => void): (() => void) => {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
};
/** There is room for a panel beside the conversation. */
export const useIsWide = (): boolean => useSyncExternalStore(subscribe, () => wide.matches);
