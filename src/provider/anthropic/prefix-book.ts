import { sha256Hex } from "../../kernel/hash.ts";

/**
 * Which beginnings of prompts come again. A cached prefix costs more to write than to send, and pays when it is read: so one is cached
 * from the second call on that begins with it, and what never comes again is never paid for twice. Knows digests only.
 */
export type PrefixBook = {
  /**
   * How far this prompt begins as an earlier one of `owner` did: characters of `system`, 0 for the tools alone. undefined: it does not, or
   * too little of it does.
   */
  stableUntil(owner: string, tools: string, system: string): number | undefined;
  /**
   * Whether a conversation goes on: `turns` begin with what was said of the one with this `start` in the call before. A mark at the end of
   * a prompt that no later one continues would be paid for each time, and never read.
   */
  goesOn(owner: string, start: string, turns: readonly string[]): boolean;
};

/** The provider forgets a prefix that was not read for so long. */
const KEPT_MS = 300_000;
/** 1,024 tokens of four characters. Models that ask for more pass over a shorter mark without a word, and without a charge. */
export const PREFIX_CHARS_MIN = 4096;
/** Prompts are compared by paragraphs of at least so many characters: what changes last in a prompt ends what stands before it. */
const PIECE_CHARS_MIN = 512;
const PIECES_MAX = 256;
/** Applications whose prompts are followed at the same time. */
const BEGINNINGS_MAX = 500;
const CONVERSATIONS_MAX = 10_000;

type Said = { readonly turns: number; readonly digest: string; readonly seenMs: number };
type Beginning = { readonly digests: readonly string[]; readonly seenMs: number };

export function createPrefixBook(monotonicMs: () => number): PrefixBook {
  const known = new Map<string, Beginning>();
  const conversations = new Map<string, Said>();
  return {
    stableUntil(owner, tools, system) {
      if (tools.length + system.length < PREFIX_CHARS_MIN) return undefined;
      const nowMs = monotonicMs();
      const ends = endsOf(system);
      const digests = chain(tools, system, ends);
      // Prompts that begin alike are one application's.
      const key = `${owner}\n${digests[Math.min(1, digests.length - 1)] ?? ""}`;
      const before = known.get(key);
      const common = before === undefined || nowMs - before.seenMs > KEPT_MS ? 0 : commonOf(before.digests, digests);
      const until = ends[common - 1];
      if (until === undefined || tools.length + until < PREFIX_CHARS_MIN) {
        keep(known, key, { digests, seenMs: nowMs }, BEGINNINGS_MAX);
        return undefined;
      }
      // What differed once is not taken for stable again: the mark stays where it is, or nothing would be read.
      keep(known, key, { digests: digests.slice(0, common), seenMs: nowMs }, BEGINNINGS_MAX);
      return until;
    },
    goesOn(owner, start, turns) {
      const nowMs = monotonicMs();
      const key = sha256Hex(`${owner}\n${start}`).slice(0, 32);
      const before = conversations.get(key);
      keep(conversations, key, { turns: turns.length, digest: sha256Hex(turns.join("\n")), seenMs: nowMs }, CONVERSATIONS_MAX);
      if (before === undefined || before.turns === 0 || before.turns > turns.length || nowMs - before.seenMs > KEPT_MS) return false;
      return sha256Hex(turns.slice(0, before.turns).join("\n")) === before.digest;
    },
  };
}

/** As the newest; beyond `most` the one that was not used for longest is forgotten. */
function keep<Value>(all: Map<string, Value>, key: string, value: Value, most: number): void {
  all.delete(key);
  all.set(key, value);
  const oldest = all.size > most ? all.keys().next().value : undefined;
  if (oldest !== undefined) all.delete(oldest);
}

/** Ends of the pieces, the tools first: they come before the system prompt in what the provider keeps. */
function endsOf(system: string): readonly number[] {
  const ends = [0];
  let from = 0;
  while (ends.length < PIECES_MAX) {
    const end = system.indexOf("\n\n", from + PIECE_CHARS_MIN);
    if (end < 0) break;
    ends.push(end);
    from = end;
  }
  // White space alone would be no block of its own.
  if (from < system.length && ends.length < PIECES_MAX) {
    if (system.slice(from).trim() === "") ends.pop();
    ends.push(system.length);
  }
  return ends;
}

/** Each digest is that of everything up to its end. */
function chain(tools: string, system: string, ends: readonly number[]): readonly string[] {
  let before = sha256Hex(tools).slice(0, 32);
  const digests = [before];
  for (let at = 1; at < ends.length; at++) {
    before = sha256Hex(before + system.slice(ends[at - 1], ends[at])).slice(0, 32);
    digests.push(before);
  }
  return digests;
}

function commonOf(one: readonly string[], other: readonly string[]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}
