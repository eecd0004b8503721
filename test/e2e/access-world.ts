import assert from "node:assert/strict";
import type { Endpoint } from "../../src/http/index.ts";
import { eventually } from "./eventually.ts";
import { ADMIN_KEY, oneModel, startWeir, type TestWeir } from "./server.ts";
import { composedEndpoints } from "../../tools/composed-endpoints.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";

export { composedEndpoints };

export const nameOf = (endpoint: Endpoint): string => `${endpoint.method} ${endpoint.path.replace("{.+}", "")}`;

/** What one tenant has that another must not see. */
export type Estate = {
  readonly slug: string;
  readonly member: string;
  readonly admin: string;
  readonly memberKeyId: string;
  readonly file: string;
  readonly store: string;
  readonly storeName: string;
  readonly batch: string;
  readonly receipt: string;
  /** A model that only this tenant may use. */
  readonly model: string;
};

export type World = {
  readonly weir: TestWeir;
  readonly upstream: FakeUpstream;
  readonly acme: Estate;
  readonly globex: Estate;
  close(): Promise<void>;
};

export const uploadForm = (filename: string, text: string): FormData => {
  const form = new FormData();
  form.set("purpose", "user_data");
  form.set("file", new File([text], filename));
  return form;
};

export async function upload(weir: TestWeir, key: string, filename: string, text: string): Promise<string> {
  const response = await fetch(`${weir.url}/v1/files`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: uploadForm(filename, text),
  });
  const made = (await response.json()) as { id?: string };
  if (made.id === undefined) throw new Error(`upload answered ${response.status}`);
  return made.id;
}

/** Uploads a document and waits until it is indexed, whatever comes of it. */
export async function addDocument(weir: TestWeir, key: string, store: string, [filename, text]: readonly [string, string]) {
  const file = await upload(weir, key, filename, text);
  await weir.call("POST", `/v1/vector_stores/${store}/files`, { file_id: file }, { key });
  return { file, ...(await untilIndexed(weir, key, store, file)) };
}

type Indexed = { readonly status: string; readonly last_error: { readonly code: string } | null };

/** Waits until a file of a vector store is no longer in progress. */
export const untilIndexed = (weir: TestWeir, key: string, store: string, file: string): Promise<Indexed> =>
  eventually(
    async () => {
      const now = await weir.call<Indexed>("GET", `/v1/vector_stores/${store}/files/${file}`, undefined, { key });
      assert.notEqual(now.status, "in_progress", `the file ${file} is still in progress`);
      return now;
    },
    { everyMs: 5 },
  );

const TWO_MODELS = (baseUrl: string): string =>
  oneModel(baseUrl).replace(
    "models:",
    `models:
  vectors: { kind: embedding, provider: up, upstream: mock-embed, price: { inputPerMTok: 1 } }
  order: { kind: rerank, provider: up, upstream: mock-rank, price: { inputPerMTok: 1 } }
  for-acme: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  for-globex: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }`,
  );

async function makeEstate(weir: TestWeir, slug: string): Promise<Estate> {
  const model = `for-${slug}`;
  const { key: member, keyId } = await weir.tenant(slug, { models: ["m", "vectors", "order", model] });
  const admin = await weir.call<{ key: string }>("POST", `/admin/v1/tenants/${slug}/keys`, { name: "boss", role: "tenant-admin" });
  const storeName = `${slug} handbook`;
  const { id: store } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: storeName }, { key: member });
  const { file } = await addDocument(weir, member, store, [`${slug}.md`, `# Leave\n\nAt ${slug} everybody has 25 days of leave a year.\n`]);
  const { id: batch } = await weir.call<{ id: string }>(
    "POST",
    `/v1/vector_stores/${store}/file_batches`,
    { file_ids: [file] },
    { key: member },
  );
  const answered = await weir.chat(member, { model: "m", messages: [{ role: "user", content: "hello" }] });
  await answered.text();
  const receipt = answered.headers.get("x-weir-request-id") ?? "";
  return { slug, member, admin: admin.key, memberKeyId: keyId, file, store, storeName, batch, receipt, model };
}

/** Two tenants who have the same kinds of things. */
export async function createWorld(): Promise<World> {
  const upstream = await createFakeUpstream();
  const weir = await startWeir({ yaml: TWO_MODELS(upstream.openaiBaseUrl) });
  const acme = await makeEstate(weir, "acme");
  const globex = await makeEstate(weir, "globex");
  return {
    weir,
    upstream,
    acme,
    globex,
    async close() {
      await weir.close();
      await upstream.close();
    },
  };
}

export const authorised = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` };
export const json = (body: unknown): { headers: Record<string, string>; body: string } => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
export { ADMIN_KEY };
