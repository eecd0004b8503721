import { openaiPage } from "../contract/knowledge.ts";
import { Fault } from "../kernel/fault.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import { FILE_BYTES_MAX } from "../kernel/limits.ts";
import { parseWireFileId, toWireFileId } from "../ingest/index.ts";
import type { FileRecord, Page, PageAsk } from "../store/files.ts";
import { readBytes } from "./body.ts";
import { paramOf, tenantEndpoint, type Asked, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { viewerOf, type TenantPrincipal, type Viewer } from "../domain/principal.ts";
import { CLEARANCE_DEFAULT, rankOf, type Reader } from "../domain/reader.ts";

export type FilesDeps = {
  createFile(
    tenantId: TenantId,
    made: { filename: string; purpose: string; bytes: Uint8Array; owner: string; ownerOnly: boolean },
  ): Promise<FileRecord>;
  /** What the viewer may not see is as if it were not there. */
  getFile(tenantId: TenantId, id: FileId, viewer: Viewer): Promise<FileRecord>;
  listFiles(tenantId: TenantId, ask: PageAsk & { purpose?: string | undefined }, viewer: Viewer): Promise<Page<FileRecord>>;
  readFile(tenantId: TenantId, id: FileId, viewer: Viewer): Promise<{ readonly file: FileRecord; readonly bytes: Uint8Array }>;
  deleteFile(tenantId: TenantId, id: FileId, viewer: Viewer): Promise<void>;
};

/** A multipart body's own lines around one file. */
const FORM_BYTES_MAX = FILE_BYTES_MAX + 64 * 1024;
const PURPOSES = ["user_data", "assistants"];

export function files(deps: FilesDeps): Endpoint[] {
  return [
    tenantEndpoint("POST", "/v1/files", "files.write", async ({ request, who }) => {
      const { file, purpose } = await readForm(request);
      const bytes = new Uint8Array(await file.arrayBuffer());
      // A form may name the file "", which the runtime makes a file without a name.
      const filename = (file as { readonly name?: string }).name ?? "";
      const { owner, reader } = viewerOf(who);
      // What somebody who may find more than others has uploaded may be of that kind: nobody else sees it before it is said whom it is for.
      const ownerOnly = reader.kind === "member" && seesMore(reader);
      return Response.json(toWire(await deps.createFile(who.tenant.id, { filename, purpose, bytes, owner, ownerOnly })));
    }),
    tenantEndpoint("GET", "/v1/files", "files.read", async ({ query, who }) => {
      return Response.json(toWireList(await deps.listFiles(who.tenant.id, readFilePage(query), viewerOf(who)), toWire));
    }),
    tenantEndpoint("GET", "/v1/files/:id", "files.read", async (asked) =>
      Response.json(toWire(await deps.getFile(asked.who.tenant.id, fileIdOf(asked), viewerOf(asked.who)))),
    ),
    tenantEndpoint("GET", "/v1/files/:id/content", "files.read", async (asked) => {
      const { file, bytes } = await deps.readFile(asked.who.tenant.id, fileIdOf(asked), viewerOf(asked.who));
      // Never a type that a browser would run: what is stored is what somebody uploaded.
      return new Response(Buffer.from(bytes), {
        headers: {
          "content-type": "application/octet-stream",
          "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
          "x-content-type-options": "nosniff",
        },
      });
    }),
    tenantEndpoint("DELETE", "/v1/files/:id", "files.write", async (asked) => {
      const id = fileIdOf(asked);
      await deps.deleteFile(asked.who.tenant.id, id, viewerOf(asked.who));
      return Response.json({ id: toWireFileId(id), object: "file", deleted: true });
    }),
  ];
}

/** Than a member of whom nothing is said. */
const seesMore = ({ groups, clearance = CLEARANCE_DEFAULT, jurisdiction }: Extract<Reader, { kind: "member" }>): boolean =>
  groups.length > 0 || jurisdiction !== undefined || rankOf(clearance) > rankOf(CLEARANCE_DEFAULT);

async function readForm(request: Request): Promise<{ file: File; purpose: string }> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.toLowerCase().startsWith("multipart/form-data"))
    throw new Fault("media_type_unknown", { say: "Send the file as multipart/form-data with the fields file and purpose." });
  const bytes = await readBytes(request, FORM_BYTES_MAX);
  const form = await new Response(Buffer.from(bytes), { headers: { "content-type": type } }).formData().catch((error: unknown) => {
    throw new Fault("body_invalid", { say: "The multipart body cannot be read." }, { cause: error });
  });
  const file = form.get("file");
  const purpose = form.get("purpose");
  if (!(file instanceof File)) throw new Fault("body_invalid", { param: "file", say: "file: a file was expected." });
  if (typeof purpose !== "string" || !PURPOSES.includes(purpose))
    throw new Fault("body_invalid", { param: "purpose", say: `purpose: expected ${PURPOSES.join(" or ")}.` });
  return { file, purpose };
}

/** What is no file id is a file that does not exist. */
export function fileIdOf(asked: Asked<TenantPrincipal>, name = "id"): FileId {
  const raw = paramOf(asked, name);
  const id = parseWireFileId(raw);
  if (id === undefined) throw new Fault("not_found", { say: "The file does not exist." });
  return id;
}

/** The same for an id in a body. */
export function needFileId(raw: string, param: string): FileId {
  const id = parseWireFileId(raw);
  if (id === undefined) throw new Fault("not_found", { param, say: "The file does not exist." });
  return id;
}

/** A page's cursors are wire ids; rows are found and ordered by Weir's own. */
export function readFilePage(query: URLSearchParams) {
  const page = readQuery(query, openaiPage);
  return { ...page, after: toCursor("after", page.after, parseWireFileId), before: toCursor("before", page.before, parseWireFileId) };
}

/** The id of one that is gone, or of nobody's, is still a place in the order. */
export function toCursor<T extends string>(param: string, raw: string | undefined, parse: (raw: string) => T | undefined): T | undefined {
  if (raw === undefined) return undefined;
  const id = parse(raw);
  if (id === undefined) throw new Fault("body_invalid", { param, say: `${param}: expected the id of an entry of this list.` });
  return id;
}

const toWire = (file: FileRecord) => ({
  id: toWireFileId(file.id),
  object: "file",
  bytes: file.bytes,
  created_at: Math.floor(file.createdAtMs / 1000),
  filename: file.filename,
  purpose: file.purpose,
  status: "processed",
});

/** OpenAI's list envelope. */
export function toWireList<T, W extends { readonly id: string }>(page: Page<T>, toItem: (item: T) => W) {
  const data = page.data.map(toItem);
  return { object: "list", data, first_id: data[0]?.id ?? "", last_id: data.at(-1)?.id ?? "", has_more: page.hasMore };
}
