import type { AuthConfig } from "./auth.ts";
import type { ConsoleConfig } from "./console.ts";
import type { GuardConfig } from "./guard.ts";
import type { PromptsConfig } from "./prompts.ts";
import type { ObjectsConfig } from "./objects.ts";
import type { SourceConfig } from "./sources.ts";
import type { ResilienceConfig } from "./resilience.ts";
import type { SloConfig } from "./slo-schema.ts";
import type { QdrantConfig } from "./qdrant.ts";
import type { RetrievalConfig } from "./retrieval.ts";
import type { TelemetryConfig } from "./telemetry.ts";
import type { AbusePolicy } from "../domain/abuse.ts";
import type { ContextPolicy } from "../domain/context-policy.ts";
import type { PiiMode } from "../domain/guard-policy.ts";
import type { Gate, ShadowRule } from "../domain/cascade.ts";
import type { Ranking, RuleStrategy } from "../domain/ranking.ts";
import type { StickyBy } from "../domain/signals.ts";
import type { Price } from "../kernel/money.ts";
import type { Capabilities, Target, Timeouts, Trust } from "../domain/target.ts";

/** A model that the server runs itself, in a process beside it. Paths are absolute. */
export type LlamaConfig = {
  readonly name: string;
  readonly kind: "llama";
  readonly model: string;
  /** What `upstream` calls the model without an adapter: the file's name without `.gguf`. */
  readonly modelName: string;
  /** File of each LoRA adapter by name. */
  readonly adapters: Readonly<Record<string, string>>;
  /** Instead of the template in the model's file. */
  readonly chatTemplate: string | undefined;
  readonly threads: number;
  /** Calls at a time. */
  readonly contexts: number;
  readonly contextTokens: number;
  /** Calls that may wait. */
  readonly queue: number;
  readonly load: "start" | "first-call";
  readonly trust: Trust;
  readonly region: string | undefined;
  readonly timeouts: Timeouts;
};

/** A server that is asked over HTTP. */
export type RemoteConfig = {
  readonly name: string;
  readonly kind: "openai" | "anthropic";
  /** What runs behind the protocol, where that is known. */
  readonly engine?: "vllm" | "tei" | undefined;
  /** vLLM's `priority` by tier of the tenant; lower is sooner. */
  readonly tierPriority?: Readonly<Record<string, number>> | undefined;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly trust: Trust;
  readonly region: string | undefined;
  /** What it promises about what it is sent; absent: nothing. */
  readonly dataCollection?: Target["dataCollection"];
  readonly timeouts: Timeouts;
};

export type ProviderConfig = RemoteConfig | LlamaConfig;

export type ModelConfig = {
  readonly name: string;
  readonly provider: string;
  readonly upstream: string;
  readonly contextTokens: number | undefined;
  readonly capabilities: Capabilities;
  /** undefined: taken from the price book by upstream name; a private model without one costs 0. */
  readonly price: Price | undefined;
  /** What its provider may keep of prompts is not used. Absent: it is where it pays. */
  readonly promptCache?: "off" | undefined;
  /** What calls that go to it are told before their tenant's own prompt. */
  readonly instructions?: string | undefined;
};

/** Limits that tenants share by name. undefined: none. */
export type TierConfig = { readonly rpm: number | undefined; readonly tpm: number | undefined };

/** How the targets of a rule are put in order; without a strategy as written. */
export type RuleOrder = Pick<Ranking, "weights" | "explore" | "warm"> & {
  readonly strategy?: RuleStrategy | undefined;
  /** Of a cascade. */
  readonly gate?: Gate | undefined;
  readonly sticky?: StickyBy | undefined;
};

export type RuleConfig = RuleOrder & {
  /** Condition over signals. A rule that narrows applies when its condition cannot be evaluated; any other does not. */
  readonly when: string | undefined;
  readonly use: readonly string[];
  readonly trust: Trust | undefined;
  /** At least this for personal data. */
  readonly pii?: PiiMode | undefined;
  readonly shadow?: ShadowRule | undefined;
  /** What becomes of a prompt that no model has room for. */
  readonly context?: ContextPolicy | undefined;
};

/** PEM texts, and the files that they were read from. */
export type TlsConfig = { readonly cert: string; readonly key: string; readonly files: readonly string[] };

/** How providers are reached. */
export type OutboundConfig = {
  /** PEM of authorities that are trusted beside the public ones. */
  readonly ca: string | undefined;
  readonly caFile: string | undefined;
  /** For external providers; undefined: the environment's. */
  readonly proxy: string | undefined;
};

export type RetentionConfig = {
  /** Whole months beside the one under way; undefined: for ever. */
  readonly eventMonths: number | undefined;
  /** What calls said, where a tenant keeps it. */
  readonly contentDays: number;
  readonly changeDays: number;
  /** Refusals that callers reported, and what they sent with them. */
  readonly reportDays: number;
};

/** What takes two persons. `direct`: one may, as the admin API allows; `required`: what loosens goes by a version that a second person approves. */
export type ApprovalsConfig = { readonly policies: "direct" | "required"; readonly prompts: "direct" | "required" };

/** Frozen; one value for the life of a graph of parts. */
export type Config = {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Path of the file read, if any. */
  readonly file: string | undefined;
  /** undefined: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** undefined: vectors are searched in the database. */
  readonly qdrant: QdrantConfig | undefined;
  /** Most connections held to PostgreSQL. */
  readonly databaseConnections: number;
  readonly demo: boolean;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** `WEIR_SECRET_PREVIOUS`: opens what was sealed under the secret of before. */
  readonly secretPrevious: Uint8Array | undefined;
  readonly adminKey: string;
  /** Nobody has been shown it yet; whoever shows it says so with `markAdminKeyShown`. */
  readonly adminKeyIsNew: boolean;
  /** A second admin key, made for this start and kept nowhere: it goes into the data folder's lock, for commands on the same machine. */
  readonly localAdminKey: string;
  readonly providers: readonly ProviderConfig[];
  readonly models: readonly ModelConfig[];
  /** Route name to ordered rules; `auto` is always there. */
  readonly routes: Readonly<Record<string, readonly RuleConfig[]>>;
  readonly tiers: Readonly<Record<string, TierConfig>>;
  readonly guard: GuardConfig;
  readonly abuse: AbusePolicy;
  /** Issuers whose tokens are taken beside keys. */
  readonly auth: AuthConfig;
  readonly console: ConsoleConfig;
  readonly objects: ObjectsConfig;
  /** Places that documents come from. */
  readonly sources: readonly SourceConfig[];
  readonly telemetry: TelemetryConfig;
  /** undefined: HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly outbound: OutboundConfig;
  readonly retention: RetentionConfig;
  readonly approvals: ApprovalsConfig;
  /** Prompts that live in Git as files. */
  readonly prompts: PromptsConfig;
  /** From 0 to 1: of the calls under the policy `scrubbed-sample`, how many are kept. */
  readonly chatLogs: { readonly sampleShare: number };
  /** false: only the first eligible target is tried. */
  readonly fallback: boolean;
  readonly resilience: ResilienceConfig;
  /** What the service promises; it changes no answer. */
  readonly slo: SloConfig;
  readonly retrieval: RetrievalConfig;
  readonly maxOutputTokensDefault: number;
  /** A cap on what a caller may ask for; undefined: none. */
  readonly maxOutputTokensCap: number | undefined;
  /** Platform-wide, calendar month, UTC. */
  readonly spendLimitMicroUsd: number | undefined;
  /** A tenant's calls a day from which on routes may choose otherwise: the signal `routingThreshold`. undefined: 0. */
  readonly routingThreshold: number | undefined;
  readonly journal: { readonly dir: string; readonly fsync: boolean };
  readonly limits: { readonly callsInFlight: number; readonly callsQueued: number; readonly queueWaitMs: number };
  /** Digest of everything above that changes answers; secrets not included. */
  readonly hash: string;
  /** Told at start: literal secrets, rules that are not reached, unused settings. */
  readonly warnings: readonly string[];
};
