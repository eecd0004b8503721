import type { TestWeir } from "../e2e/server.ts";

export type Added = {
  readonly id: string;
  readonly status: string;
  readonly last_error: { readonly code: string; readonly message: string } | null;
};

/** Uploads a file, adds it to a vector store, and waits until it is indexed or refused. */
export async function addBytes(
  weir: TestWeir,
  key: string,
  store: string,
  file: { readonly filename: string; readonly bytes: Uint8Array },
): Promise<Added> {
  const form = new FormData();
  form.set("purpose", "user_data");
  form.set("file", new File([Uint8Array.from(file.bytes)], file.filename));
  const uploaded = await fetch(`${weir.url}/v1/files`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: form });
  const { id } = (await uploaded.json()) as { id?: string };
  if (id === undefined) throw new Error(`upload of ${file.filename} answered ${uploaded.status}`);
  let added = await weir.call<Added>("POST", `/v1/vector_stores/${store}/files`, { file_id: id }, { key });
  while (added.status === "in_progress") {
    await new Promise((resolve) => setTimeout(resolve, 20));
    added = await weir.call("GET", `/v1/vector_stores/${store}/files/${id}`, undefined, { key });
  }
  return added;
}
