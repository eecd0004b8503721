import type { Authenticator, Change, ChangeFeed } from "../admit/index.ts";
import type { ErasureJobs } from "../operate/index.ts";
import type { FollowedRoutes } from "./approved-routes.ts";
import type { EndUserDigests } from "./end-user.ts";

/** Where a change was heard of: this process made it, or the feed of all processes tells it, this one's own included. */
export type HeardFrom = "here" | "feed";

/** Who keeps something of tenants in memory, or has something to do when it changes. */
export type Hearer = {
  changed(change: Change, from: HeardFrom): void;
  /** There was a gap: anything may have changed. Left out by those who look for themselves from time to time. */
  gap?(): void;
};

/** The one list of who hears what changes. */
export type ChangeHearers = {
  add(...more: readonly Hearer[]): void;
  /** This process has changed something itself: whoever has it in memory hears of it at once. */
  tell(change: Change): void;
  /** The same feed; the hearers are told of whatever is read from it. */
  listen(feed: ChangeFeed): ChangeFeed;
};

export function createChangeHearers(): ChangeHearers {
  const hearers: Hearer[] = [];
  const tell = (change: Change, from: HeardFrom): void => {
    for (const hearer of hearers) hearer.changed(change, from);
  };
  return {
    add: (...more) => void hearers.push(...more),
    tell: (change) => tell(change, "here"),
    listen: (feed) => ({
      async newest() {
        const seq = await feed.newest();
        for (const hearer of hearers) hearer.gap?.();
        return seq;
      },
      async since(seq) {
        const page = await feed.since(seq);
        for (const change of page) tell(change, "feed");
        return page;
      },
    }),
  };
}

type Parties = {
  readonly authenticator: Pick<Authenticator, "invalidate">;
  readonly endUsers: Pick<EndUserDigests, "forget" | "forgetAll">;
  readonly approvedRoutes: Pick<FollowedRoutes, "refresh">;
  readonly erasures: Pick<ErasureJobs, "kick">;
};

/** All of them. */
export const listHearers = ({ authenticator, endUsers, approvedRoutes, erasures }: Parties): readonly Hearer[] => [
  {
    // The feed it reads itself.
    changed(change, from) {
      if (from === "here") authenticator.invalidate(change);
    },
  },
  { changed: endUsers.forget, gap: endUsers.forgetAll },
  {
    changed({ kind }) {
      if (kind === "policy") void approvedRoutes.refresh();
    },
    gap: () => void approvedRoutes.refresh(),
  },
  {
    // A job may have been asked for elsewhere. What this process forgets for one is no reason to look for another.
    changed({ kind }, from) {
      if (from === "feed" && (kind === "tenant" || kind === "subject")) erasures.kick();
    },
  },
];
