import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import type { TestWeir } from "../e2e/server.ts";
import { startConsole } from "./browser.ts";

const yaml = (baseUrl: string): string => `
providers:
  own: { kind: openai, baseUrl: "${baseUrl}", apiKey: none-needed, trust: private }
  cloud: { kind: openai, baseUrl: "${baseUrl}", apiKey: none-needed, trust: external, region: us-east-1 }
models:
  llama-70b: { provider: own, upstream: llama, contextTokens: 32768, price: { inputPerMTok: 0, outputPerMTok: 0 } }
  sonnet: { provider: cloud, upstream: sonnet, contextTokens: 200000, price: { inputPerMTok: 3, outputPerMTok: 15 } }
routes:
  auto:
    - { when: "pii.found", use: [llama-70b], trust: private }
    - { when: "complexity > 0.8", use: [sonnet, llama-70b] }
    - { use: [llama-70b, sonnet] }
`;

/** A server in use: two tenants, keys, documents, calls of several kinds, a policy in staging, a rollout, a report of a mistake. All by its API. */
export type World = {
  readonly weir: TestWeir;
  readonly upstream: FakeUpstream;
  /** Of the demo tenant's administrator. */
  readonly tenantKey: string;
  readonly store: string;
  readonly file: string;
  readonly requestId: string;
  readonly policyId: string;
  readonly rolloutId: string;
  close(): Promise<void>;
};

type Id = { readonly id: string };
type List = { readonly data: readonly Id[] };

export async function startWorld(): Promise<World> {
  const upstream = await createFakeUpstream();
  const weir = await startConsole({ yaml: yaml(upstream.openaiBaseUrl) });
  const made = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/demo/keys", {
    name: "console",
    role: "tenant-admin",
    team: "support",
  });
  const key = made.key;
  await weir.tenant("hospital", { region: "eu-west-1" }, { name: "ward", budgetUsd: 5 });
  const requestId = await useIt(weir, key);
  const stores = await weir.call<List>("GET", "/v1/vector_stores", undefined, { key });
  const store = first(stores);
  const files = await weir.call<List>("GET", `/v1/vector_stores/${store}/files`, undefined, { key });
  const policy = await weir.call<Id>("POST", "/admin/v1/policies", {
    kind: "routes",
    body: { routes: { auto: [{ use: ["llama-70b"], trust: "private" }] } },
  });
  const rollout = await weir.call<Id>("POST", "/admin/v1/rollouts", { kind: "model", model: "llama-70b", to: "sonnet" });
  return {
    weir,
    upstream,
    tenantKey: key,
    store,
    file: first(files),
    requestId,
    policyId: policy.id,
    rolloutId: rollout.id,
    async close() {
      await weir.close();
      await upstream.close();
    },
  };
}

const first = ({ data }: List): string => {
  const [one] = data;
  if (one === undefined) throw new Error("the list is empty");
  return one.id;
};

/** Calls of several kinds; gives the id of one that was answered from documents. */
async function useIt(weir: TestWeir, key: string): Promise<string> {
  const questions = [
    "How long is the warranty?",
    "What does shipping cost?",
    "My address is anna.berg@example.com, write me a letter.",
    "Summarise our returns policy.",
  ];
  let requestId = "";
  for (const [at, content] of [...questions, ...questions].entries()) {
    const answer = await weir.chat(
      key,
      { model: "auto", messages: [{ role: "user", content }], ...(at % 2 === 0 ? { rag: { enabled: true, collection: "handbook" } } : {}) },
      { headers: { "x-weir-feature": at % 2 === 0 ? "help-desk" : "letters" } },
    );
    if (!answer.ok) throw new Error(`a call of the world answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
    if (at === 0) requestId = answer.headers.get("x-weir-request-id") ?? "";
  }
  await (await weir.chat(key, { model: "none-of-these", messages: [{ role: "user", content: "Hello" }] })).text();
  return requestId;
}
