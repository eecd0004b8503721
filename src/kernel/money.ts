/** Money is integer micro-dollars everywhere. A price is dollars per million tokens, which is micro-dollars per token. */
export type Price = {
  readonly inputPerMTok: number;
  readonly outputPerMTok: number;
  /** Tokens read from the provider's prompt cache; the input price where unset. */
  readonly cachedInputPerMTok?: number | undefined;
  /** Tokens written to the provider's prompt cache; the input price where unset. */
  readonly cacheWritePerMTok?: number | undefined;
  /** Dollars for a thousand searches, of rerankers that bill by the search; 0 where unset. */
  readonly perThousandSearches?: number | undefined;
};

export type PricedTokens = {
  /** All prompt tokens, cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly searches?: number | undefined;
};

/** Cost of a call in micro-dollars, rounded half up once, at the end. */
export function costMicroUsd(price: Price, used: PricedTokens): number {
  return Math.round(exactMicroUsd(price, used));
}

/** A thousandth of a dollar for each, in micro-dollars. */
const SEARCH_MICRO_USD = 1000;

/** An upper bound for a call not made yet: rounded up, never down. */
export function boundMicroUsd(price: Price, inputTokensMax: number, outputTokensMax: number, searchesMax = 0): number {
  const inputPrice = Math.max(price.inputPerMTok, price.cacheWritePerMTok ?? 0, price.cachedInputPerMTok ?? 0);
  const searched = searchesMax * (price.perThousandSearches ?? 0) * SEARCH_MICRO_USD;
  return Math.ceil(inputTokensMax * inputPrice + outputTokensMax * price.outputPerMTok + searched);
}

function exactMicroUsd(price: Price, used: PricedTokens): number {
  const plain = Math.max(0, used.inputTokens - used.cachedTokens - used.cacheWriteTokens);
  return (
    plain * price.inputPerMTok +
    used.cachedTokens * (price.cachedInputPerMTok ?? price.inputPerMTok) +
    used.cacheWriteTokens * (price.cacheWritePerMTok ?? price.inputPerMTok) +
    used.outputTokens * price.outputPerMTok +
    (used.searches ?? 0) * (price.perThousandSearches ?? 0) * SEARCH_MICRO_USD
  );
}

export const dollarsToMicro = (dollars: number): number => Math.round(dollars * 1_000_000);
/** Exact, with six places and no exponent: for files and pages, where a float would round. */
export function microToDollarText(micro: number): string {
  const digits = String(Math.abs(micro)).padStart(7, "0");
  return `${micro < 0 ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
export const microToDollars = (micro: number): number => micro / 1_000_000;
