/** Lines of weir.yaml for each way to have a model. Keys stand in the environment, never in the file. */
export const PROVIDERS = ["none", "vllm", "ollama", "llama", "anthropic", "openai"] as const;
export type ProviderKind = (typeof PROVIDERS)[number];

export const YAML: Readonly<Record<Exclude<ProviderKind, "none">, string>> = {
  vllm: `providers:
  vllm: { kind: openai, engine: vllm, baseUrl: http://127.0.0.1:8000/v1, trust: private }
models:
  llama-70b: { provider: vllm, upstream: meta-llama/Llama-3.3-70B-Instruct, contextTokens: 32768, price: { inputPerMTok: 0, outputPerMTok: 0 } }
`,
  ollama: `providers:
  ollama: { kind: openai, baseUrl: http://127.0.0.1:11434/v1, trust: private }
models:
  qwen3: { provider: ollama, upstream: "qwen3:8b", contextTokens: 32768, price: { inputPerMTok: 0, outputPerMTok: 0 } }
`,
  llama: `providers:
  cpu: { kind: llama, model: ./models/qwen3-0.6b.gguf, trust: private, contextTokens: 8192 }
`,
  anthropic: `providers:
  anthropic: { kind: anthropic, baseUrl: https://api.anthropic.com, apiKey: env:ANTHROPIC_API_KEY, trust: external }
models:
  sonnet: { provider: anthropic, upstream: claude-sonnet-4-6, contextTokens: 200000, price: { inputPerMTok: 3, outputPerMTok: 15 } }
`,
  openai: `providers:
  openai: { kind: openai, baseUrl: https://api.openai.com/v1, apiKey: env:OPENAI_API_KEY, trust: external }
models:
  gpt: { provider: openai, upstream: gpt-5.2, contextTokens: 400000, price: { inputPerMTok: 1.75, outputPerMTok: 14 } }
`,
};
