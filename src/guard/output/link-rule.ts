import { createHostList, type HostList } from "./link-host.ts";
import { LinkWatch, type WatchedLinkMode } from "./link-watch.ts";
import type { Channel, OutputRule } from "./output-rule.ts";

export type LinkOptions = {
  readonly mode: WatchedLinkMode;
  /** `example.com`, `*.example.com`. None: in `detect`, addresses that carry data; in the other modes, every address that names a host. */
  readonly hosts: readonly string[];
};

/** A tool's input is for the caller's own program, which has its own idea of what to fetch. */
const SHOWN: ReadonlySet<Channel> = new Set(["text", "reasoning", "refusal"]);

/** Reading a list takes about a microsecond a host, and every call of a tenant comes with the same. */
const lists = new WeakMap<readonly string[], HostList>();

/** Addresses of links and images, in Markdown, HTML, CSS and plain text, whose hosts nobody listed. */
export function linkRule({ mode, hosts }: LinkOptions): OutputRule {
  const isListed = lists.get(hosts) ?? createHostList(hosts);
  lists.set(hosts, isListed);
  const onlyData = mode === "detect" && hosts.length === 0;
  return {
    name: "link",
    channels: SHOWN,
    strict: mode !== "detect",
    watch: () => new LinkWatch(mode, onlyData, isListed),
  };
}
