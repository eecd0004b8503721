/** Tokens of a block; vLLM's own default. */
const BLOCK_TOKENS = 16;

/** vLLM's cache of prompts' beginnings as its design document describes it: whole blocks, each known by its tokens, all before it, and the salt. */
export type PrefixCache = {
  /** Tokens of this prompt that were there already. Those that were not are there from now on. */
  take(salt: string, tokens: readonly string[]): number;
};

export function createPrefixCache(): PrefixCache {
  const blocks = new Set<string>();
  return {
    take(salt, tokens) {
      let cached = 0;
      let missed = false;
      for (let end = BLOCK_TOKENS; end <= tokens.length; end += BLOCK_TOKENS) {
        const block = JSON.stringify([salt, tokens.slice(0, end)]);
        missed ||= !blocks.has(block);
        if (!missed) cached = end;
        blocks.add(block);
      }
      return cached;
    },
  };
}
