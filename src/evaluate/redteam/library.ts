import { isTaken, json, need, needText } from "./account.ts";
import { fieldOf, findText, parseJson } from "./json-field.ts";
import { SuiteFailed, type SuiteContext } from "./suite.ts";

export type Uploaded = {
  readonly fileId: string;
  /** `kept-out`: the server refused it, or took it in and did not index it. */
  readonly state: "indexed" | "kept-out";
  readonly why: string;
};

type Deps = Pick<SuiteContext, "target" | "afterwards" | "undo" | "ownUndo" | "wait">;

export async function createCollection({ target, afterwards, undo, ownUndo }: Deps, name: string, key?: string): Promise<string> {
  const made = await need(
    target,
    { method: "POST", path: "/v1/vector_stores", key, body: json({ name }) },
    "a collection could not be made",
  );
  const id = needText(made, "id");
  (key === undefined ? ownUndo : undo).add(`collection ${id}`, async () =>
    isTaken(await afterwards.ask({ method: "DELETE", path: `/v1/vector_stores/${id}`, key })),
  );
  return id;
}

const POLL_FIRST_MS = 20;
const POLL_LAST_MS = 500;
/** A page of text is indexed in well under a second. */
const POLLS_MAX = 200;

/** Uploads a document and waits until it can be found. */
export async function addDocument(
  deps: Deps,
  collection: string,
  document: { filename: string; text: string },
  key?: string,
): Promise<Uploaded> {
  const { target, afterwards, undo, ownUndo, wait } = deps;
  const sent = await target.ask({ method: "POST", path: "/v1/files", key, body: { kind: "file", ...document } });
  if (sent.status >= 400 && sent.status < 500)
    return { fileId: "", state: "kept-out", why: `upload refused: ${sent.code ?? String(sent.status)}` };
  if (sent.status !== 200) throw new SuiteFailed(`a document could not be uploaded: ${sent.failure ?? String(sent.status)}`);
  const fileId = needText(parseJson(sent.raw), "id");
  (key === undefined ? ownUndo : undo).add(`file ${fileId}`, async () =>
    isTaken(await afterwards.ask({ method: "DELETE", path: `/v1/files/${fileId}`, key })),
  );
  const path = `/v1/vector_stores/${collection}/files`;
  await need(target, { method: "POST", path, key, body: json({ file_id: fileId }) }, "a document could not be indexed");
  let delayMs = POLL_FIRST_MS;
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    const file = await need(target, { method: "GET", path: `${path}/${fileId}`, key }, "the indexing could not be followed");
    const status = findText(file, "status");
    if (status === "completed") return { fileId, state: "indexed", why: "" };
    if (status !== "in_progress")
      return { fileId, state: "kept-out", why: `not indexed: ${findText(fieldOf(file, "last_error"), "code") ?? status ?? "unknown"}` };
    await wait(delayMs);
    delayMs = Math.min(delayMs * 1.5, POLL_LAST_MS);
  }
  throw new SuiteFailed("a document was not indexed in time");
}
