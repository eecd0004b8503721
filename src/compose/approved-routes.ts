import type { ApprovedRoutes } from "../config/index.ts";
import { describeError, type Log } from "../telemetry/index.ts";

/** The rules that two persons took into production, as this process knows them. */
export type FollowedRoutes = {
  readonly current: ApprovedRoutes;
  /** This process approved them itself. */
  take(routes: ApprovedRoutes): void;
  /** Some process did: they are read anew. Where the database does not answer, those of before stay. */
  refresh(): Promise<void>;
  /** Told each time that they are others than before; at once where they have become so already. */
  onChange(listener: () => void): void;
};

type Deps = { read(): Promise<ApprovedRoutes>; readonly log: Log };

export function followApprovedRoutes({ read, log }: Deps, first: ApprovedRoutes): FollowedRoutes {
  let current = first;
  let listener: (() => void) | undefined;
  let last: Promise<void> = Promise.resolve();
  const take = (routes: ApprovedRoutes): void => {
    if (JSON.stringify(routes) === JSON.stringify(current)) return;
    current = routes;
    listener?.();
    log.info("approved routes count from now on", { routes: Object.keys(routes).join(" ") });
  };
  return {
    get current() {
      return current;
    },
    take,
    refresh() {
      // One after the other, so that the newest reading is the last.
      last = last
        .then(async () => take(await read()))
        .catch((error: unknown) => log.error("approved routes could not be read, and those of before stay", describeError(error)));
      return last;
    },
    onChange(next) {
      listener = next;
      if (current !== first) next();
    },
  };
}
