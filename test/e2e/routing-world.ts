import { readFileSync, readdirSync } from "node:fs";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { createFakeVllm, type FakeVllm } from "../upstream/vllm/index.ts";
import { startWeir, type TestWeir } from "./server.ts";

/** What `POST /admin/v1/routes/explain` answers, as far as tests look. */
export type Explained = {
  readonly rules: readonly { readonly rule: number; readonly outcome: string; readonly took: boolean; readonly when?: string }[];
  readonly signals: Readonly<Record<string, unknown>>;
  readonly candidates: readonly { readonly model: string; readonly fell?: string; readonly why?: string }[];
  readonly order: readonly string[];
  readonly chance?: number;
  readonly refusal?: { readonly code: string; readonly status: number; readonly message: string };
};

export type ExampleWorld = { readonly weir: TestWeir; readonly upstream: FakeUpstream; readonly vllm: FakeVllm; close(): Promise<void> };

const KEYS = { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", CLOUD_API_KEY: "k" };
const MODELS = { VLLM_MODEL: "own", ANTHROPIC_MODEL: "claude-sonnet-4-6" };
const SETTINGS = { ...KEYS, ...MODELS, ROUTING_THRESHOLD: "3000", ENABLE_FALLBACK: "true", SPEND_LIMIT_DOLLARS: "500" };
const FOLDER = new URL("../../examples/routing/", import.meta.url);
export const EXAMPLES: readonly string[] = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

/** A server with a shipped example, word for word, as its weir.yaml; its addresses are those of fakes on real sockets. `more` is added to its end. */
export async function startExample(name: string, env: Readonly<Record<string, string>> = {}, more = ""): Promise<ExampleWorld> {
  const upstream = await createFakeUpstream();
  const vllm = await createFakeVllm({ model: "meta-llama/Llama-3.3-70B-Instruct", maxModelLen: 131_072 });
  const openai = ["LLAMA", "MISTRAL", "OPENAI", "EU", "EU_CLOUD", "US_CLOUD"].map((prefix) => [
    `${prefix}_BASE_URL`,
    upstream.openaiBaseUrl,
  ]);
  const weir = await startWeir({
    yaml: readFileSync(new URL(name, FOLDER), "utf8") + more,
    env: {
      ...Object.fromEntries(openai),
      ANTHROPIC_BASE_URL: upstream.anthropicBaseUrl,
      VLLM_BASE_URL: name === "spill.yaml" ? vllm.baseUrl : upstream.openaiBaseUrl,
      ...SETTINGS,
      ...env,
    },
  });
  return {
    weir,
    upstream,
    vllm,
    async close() {
      await weir.close();
      await upstream.close();
      await vllm.close();
    },
  };
}
