import type { Ranking } from "../../domain/ranking.ts";
import type { Target } from "../../domain/target.ts";
import { byLowest, certain, type Order } from "./order.ts";
import { weightOf } from "./weighted.ts";

/**
 * Rendezvous hashing with weights: each target gets a number from the key and its own name, and the lowest comes first. Calls with the
 * same key meet the same target and its prefix cache; when a target leaves or comes, only the keys that were or will be its own move.
 */
export function sticky(targets: readonly Target[], how: Ranking): Order {
  const key = how.stickyKey;
  if (key === undefined || key === "") return certain(targets);
  return certain(
    byLowest(targets, (target) => {
      const weight = weightOf(how, target);
      return weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(unitOf(`${key}\u0000${target.provider}\u0000${target.model}`)) / weight;
    }),
  );
}

/** FNV-1a over UTF-16 units with murmur's last mixing, as a number above 0 and up to 1. Spreads well; not for secrets. */
function unitOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 1) / 2 ** 32;
}
