import type { Gate } from "./cascade.ts";
import type { PiiMode } from "./guard-policy.ts";
import type { RolloutMark } from "./rollout.ts";
import type { ServiceLevel } from "./service-level.ts";
import type { Shortened } from "./shorten.ts";
import type { SignalValues } from "./signals.ts";
import type { Price } from "../kernel/money.ts";

export type Trust = "private" | "external";

export type Timeouts = {
  /** From sending the request to the first byte of the answer. */
  readonly firstByteMs: number;
  /** Longest silence between two bytes. */
  readonly idleMs: number;
  readonly totalMs: number;
};

export type Capabilities = {
  readonly tools: boolean;
  readonly jsonSchema: boolean;
  readonly images: boolean;
  readonly manyChoices: boolean;
  /** Makes embeddings and nothing else; absent: answers chats and makes none. */
  readonly embeddings?: boolean | undefined;
  /** Puts documents in order and does nothing else. */
  readonly ranks?: boolean | undefined;
};

/** Answers chats: makes no vectors and ranks nothing. */
export const isChat = ({ embeddings, ranks }: Capabilities): boolean => embeddings !== true && ranks !== true;

/** The operator's words to one model, and how long they are in UTF-8. */
export type Instructions = { readonly text: string; readonly bytes: number };

/** A model at a provider. Frozen; made from the configuration. */
export type Target = {
  /** Name of the model in the configuration. */
  readonly model: string;
  readonly provider: string;
  /** The name that the provider knows it by. */
  readonly upstream: string;
  readonly kind: "openai" | "anthropic" | "llama" | "extractive";
  readonly trust: Trust;
  readonly region: string | undefined;
  /** What its provider promises about what it is sent; absent: nothing. */
  readonly dataCollection?: "deny" | "zero-retention" | undefined;
  readonly contextTokens: number | undefined;
  readonly capabilities: Capabilities;
  /** undefined: unknown, which is not free. */
  readonly price: Price | undefined;
  readonly priceVersion: string;
  readonly timeouts: Timeouts;
  /** What its provider may keep of prompts is not used. Absent: it is where it pays. */
  readonly promptCache?: "off" | undefined;
  /** What calls that go to it are told before their tenant's own prompt. */
  readonly instructions?: Instructions | undefined;
};

/** Why a candidate fell. Permanent words: receipts and clients carry them. */
export type FellReason =
  | "trust"
  | "personal-data"
  | "unreadable-content"
  | "region"
  | "tenant-models"
  | "key-models"
  | "context"
  | "capability-tools"
  | "capability-json-schema"
  | "capability-images"
  | "capability-choices"
  | "capability-chat"
  | "capability-embeddings"
  | "capability-rerank"
  | "other-vectors"
  | "price-unknown"
  | "no-passages"
  | "breaker-open"
  | "provider-draining"
  | "provider-disabled"
  | "caller";

export type Candidate = { readonly target: Target; readonly fell: FellReason | undefined };

/** The router's answer: eligible targets in order, and every candidate with why it fell. */
export type Plan = {
  readonly targets: readonly Target[];
  readonly candidates: readonly Candidate[];
  /** Digest of the policy that chose. */
  readonly policyHash: string;
  /** What the rule that chose asks for personal data, at least. */
  readonly pii?: PiiMode | undefined;
  /** Set where the rule narrows trust. */
  readonly trust?: Trust | undefined;
  /** The targets are a cascade: an answer is given only if it passes, or is the last. */
  readonly gate?: Gate | undefined;
  /** The model that a copy of this call is for. */
  readonly shadow?: string | undefined;
  /** The rule that chose, by its route and place; undefined: a model was asked for by its name, or no rule took the call. */
  readonly rule?: { readonly route: string; readonly at: number } | undefined;
  /** The server gave less than all it can when this was planned. Absent: full service. */
  readonly service?: Exclude<ServiceLevel, "full"> | undefined;
  /** Those that were asked for, with what they were. */
  readonly signals?: SignalValues | undefined;
  /** With which the first target was to be first; absent: 1. */
  readonly chance?: number | undefined;
  /** The rollout that the call takes part in, now that it is known where it may go. */
  readonly rollout?: RolloutMark | undefined;
  /** No model had room for the whole prompt: it is this that is planned. */
  readonly shortened?: Shortened | undefined;
};
