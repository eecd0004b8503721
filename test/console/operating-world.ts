import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import type { TestWeir } from "../e2e/server.ts";
import { startConsole } from "./browser.ts";

/** A server before two providers over real sockets, whose models can be told to fail. */
export type OperatingWorld = {
  readonly weir: TestWeir;
  readonly upstream: FakeUpstream;
  /** Of the tenant that asks. */
  readonly key: string;
  /** What befalls a model from now on, in the words of the upstream's directives. */
  readonly state: Map<string, string>;
  ask(model: string): Promise<{ readonly status: number; readonly requestId: string; readonly model: string | undefined }>;
  close(): Promise<void>;
};

export async function startOperatingWorld(dataDir?: string): Promise<OperatingWorld> {
  const state = new Map<string, string>();
  const upstream = await createFakeUpstream({ steer: (model) => state.get(model) });
  const weir = await startConsole({ yaml: yaml(upstream.openaiBaseUrl), demo: false, ...(dataDir === undefined ? {} : { dataDir }) });
  const { key } = await weir.tenant("acme", {}, { role: "tenant-admin" });
  return {
    weir,
    upstream,
    key,
    state,
    async ask(model) {
      const response = await weir.chat(key, { model, messages: [{ role: "user", content: "When is lunch served?" }] });
      const body: { readonly weir?: { readonly model?: string } } = JSON.parse(await response.text());
      return { status: response.status, requestId: response.headers.get("x-weir-request-id") ?? "", model: body.weir?.model };
    },
    async close() {
      await weir.close();
      await upstream.close();
    },
  };
}

const yaml = (baseUrl: string): string => `
slo: { availability: 0.99, firstPartMs: 2000 }
providers:
  gpu-a: { kind: openai, baseUrl: "${baseUrl}", apiKey: secret-of-gpu-a, trust: private, region: eu-west-1 }
  gpu-b: { kind: openai, baseUrl: "${baseUrl}", apiKey: secret-of-gpu-b, trust: private, region: eu-west-1 }
  cloud: { kind: openai, baseUrl: "${baseUrl}", apiKey: secret-of-cloud, trust: external, region: us-east-1 }
models:
  llama-70b: { provider: gpu-a, upstream: llama, contextTokens: 32768, price: { inputPerMTok: 0, outputPerMTok: 0 } }
  mistral: { provider: gpu-b, upstream: mistral, contextTokens: 32768, price: { inputPerMTok: 0, outputPerMTok: 0 } }
  sonnet: { provider: cloud, upstream: sonnet, contextTokens: 200000, price: { inputPerMTok: 3, outputPerMTok: 15 } }
  vectors: { kind: embedding, provider: gpu-a, upstream: embedder, price: { inputPerMTok: 0.02 } }
routes:
  both: [{ use: [llama-70b, mistral] }]
`;
