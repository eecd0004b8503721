/** What routing may know of a call. Each is found out once, and only when a rule asks. None holds content. */
export type Signals = {
  readonly pii: { readonly found: boolean; readonly types: readonly string[] };
  readonly complexity: number;
  readonly complexityRank: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly expectedOutputTokens: number;
  readonly tools: boolean;
  readonly schema: boolean;
  readonly images: boolean;
  readonly stream: boolean;
  readonly rag: boolean;
  readonly language: string;
  readonly tenant: { readonly slug: string; readonly tier: string; readonly region: string };
  readonly team: string;
  readonly feature: string;
  readonly key: { readonly role: string };
  readonly requestsToday: number;
  readonly routingThreshold: number;
  readonly budgetLeft: number;
  readonly hour: number;
  readonly weekday: Weekday;
  healthy(model: string): boolean;
  queueDepth(model: string): number;
  inFlight(model: string): number;
};

export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What a rule may hold together at one target. */
export const STICKY_BY = ["conversation", "prefix"] as const;
export type StickyBy = (typeof STICKY_BY)[number];

/** As the record keeps one: numbers, booleans, short words. */
export type SignalValue = number | boolean | string;
export type SignalValues = Readonly<Record<string, SignalValue>>;

/** `double` has a fraction and `int` none: `complexity > 0.5`, `inputTokens >= 2000`. `words` is a list of texts. */
export type SignalKind = "bool" | "int" | "double" | "text" | "words";
type SignalRow = { readonly kind: SignalKind; readonly say: string };

/** By the name that a condition has for it. Conditions are checked against this table, and docs/routing.md has a line for each row. */
export const SIGNALS = {
  "pii.found": { kind: "bool", say: "Personal data or a secret was found in the call." },
  "pii.types": { kind: "words", say: 'Which types: `"IBAN" in pii.types`.' },
  complexity: { kind: "double", say: "How hard the request is, 0 to 1." },
  complexityRank: { kind: "double", say: "Share of the tenant's recent calls that were simpler, 0 to 1: above 0.8 is the hardest fifth." },
  inputTokens: { kind: "int", say: "Tokens of the prompt, estimated." },
  outputTokens: { kind: "int", say: "Most tokens of the answer: what the caller asked for, or the default." },
  expectedOutputTokens: { kind: "int", say: "Tokens that the answer is likely to have, estimated from what is asked." },
  tools: { kind: "bool", say: "The call brings tools." },
  schema: { kind: "bool", say: "The call asks for JSON." },
  images: { kind: "bool", say: "The call holds images." },
  stream: { kind: "bool", say: "The answer is streamed." },
  rag: { kind: "bool", say: "The call is to be answered from documents." },
  language: { kind: "text", say: 'Of the last question, as two letters (`"de"`); empty where it cannot be told.' },
  "tenant.slug": { kind: "text", say: "The tenant's name." },
  "tenant.tier": { kind: "text", say: "The tenant's tier; empty where it has none." },
  "tenant.region": { kind: "text", say: "The region that the tenant's calls must stay in; empty where they need not." },
  team: { kind: "text", say: "The key's team; empty where it has none." },
  feature: { kind: "text", say: "The header `x-weir-feature`; empty where it was not sent. Callers choose it freely." },
  "key.role": { kind: "text", say: "`member` or `tenant-admin`." },
  requestsToday: { kind: "int", say: "The tenant's calls since midnight UTC, this one included." },
  routingThreshold: { kind: "int", say: "`routingThreshold` of the configuration; 0 where it is not set." },
  budgetLeft: { kind: "double", say: "Share of the budget that is left, 0 to 1: the smallest of those that count. 1 without a budget." },
  hour: { kind: "int", say: "0 to 23, UTC." },
  weekday: { kind: "text", say: '`"mon"` to `"sun"`, UTC.' },
} as const satisfies Readonly<Record<string, SignalRow>>;
export type SignalName = keyof typeof SIGNALS;

/** Signals of one model: `queueDepth("llama-70b") > 8`. The name is written out, so that a wrong one is found at once. */
export const MODEL_SIGNALS = {
  healthy: { kind: "bool", say: "The model's breaker is closed: it has not failed of late." },
  queueDepth: { kind: "int", say: "Calls that wait at the model's server, where it tells; else 0." },
  inFlight: { kind: "int", say: "Calls that this process has under way there." },
} as const satisfies Readonly<Record<string, SignalRow>>;
export type ModelSignalName = keyof typeof MODEL_SIGNALS;
