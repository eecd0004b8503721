import type { RemoteConfig } from "../../config/index.ts";

/** How one server's words differ from the common ones. */
export type Dialect = {
  /**
   * OpenAI's reasoning models refuse `max_tokens`, and none of its models needs it any more. Of the others, many know only
   * `max_tokens`, and none refuses it. So the host decides.
   */
  readonly limitField: "max_completion_tokens" | "max_tokens";
  /** Chat templates of open models know `system` only, and often just one, at the start. */
  readonly developerRole: boolean;
  /** Knows `prompt_cache_key`. */
  readonly cacheKeyed: boolean;
  /** The server may be vLLM, whose prefix cache is shared by all callers unless each call carries a `cache_salt`. */
  readonly salted: () => boolean;
  /** vLLM's `priority` of a tenant of this tier, lower is sooner; undefined: none is sent. */
  priorityOf(tier: string | undefined): number | undefined;
  /** What `GET /models` says about the server. */
  learn(models: unknown): void;
};

/** `owned_by` of servers that are known not to be vLLM. An unknown server keeps its salt: most ignore it, and leaving it out could leak. */
const NOT_VLLM = new Set(["llamacpp", "library", "ollama", "tensorrt_llm", "tgi", "lmstudio", "organization_owner", "localai"]);

export function createDialect(config: Pick<RemoteConfig, "baseUrl" | "trust" | "engine" | "tierPriority">): Dialect {
  const openai = isOpenAiHost(new URL(config.baseUrl).hostname);
  const vllm = config.engine === "vllm";
  const { tierPriority = {} } = config;
  let salted = vllm || (config.trust === "private" && !openai);
  return {
    limitField: openai ? "max_completion_tokens" : "max_tokens",
    developerRole: openai,
    cacheKeyed: openai,
    salted: () => salted,
    priorityOf: (tier) => (vllm && tier !== undefined && Object.hasOwn(tierPriority, tier) ? tierPriority[tier] : undefined),
    learn(models) {
      if (vllm) return;
      const owner = ownerOf(models);
      if (owner !== undefined && NOT_VLLM.has(owner)) salted = false;
    },
  };
}

/** OpenAI itself, its regional hosts, and Azure's deployments of its models. */
export function isOpenAiHost(hostname: string): boolean {
  return hostname === "api.openai.com" || hostname.endsWith(".api.openai.com") || hostname.endsWith(".openai.azure.com");
}

type Models = { readonly data?: readonly { readonly owned_by?: unknown }[] };
function ownerOf(models: unknown): string | undefined {
  const data = typeof models === "object" && models !== null ? (models as Models).data : undefined;
  const owner = Array.isArray(data) ? (data as NonNullable<Models["data"]>)[0]?.owned_by : undefined;
  return typeof owner === "string" ? owner : undefined;
}
