import type { TenantId } from "../kernel/ids.ts";
import { listAllKeys, type ObjectStore } from "../object/index.ts";
import { type ContentLine, parseContentLine } from "./content-line.ts";

export const CONTENT_AREA = "chat-logs";

type Objects = Pick<ObjectStore, "getObject" | "putObject" | "listObjects" | "deleteObject">;

/** What stands in a tenant's chat logs, for those who look for something in them. */
export type ContentFiles = {
  /** Keys in the order of their dates, oldest first; of calls of that day (`2026-11-21`) and later, where one is given. */
  list(tenantId: TenantId, fromDate?: string): AsyncIterable<string>;
  /** Lines of one file that can be read. */
  read(tenantId: TenantId, key: string): Promise<readonly ContentLine[]>;
  /** Lines that match, in all files. */
  count(tenantId: TenantId, matches: (line: ContentLine) => boolean): Promise<number>;
  /** Takes the lines out that do not match; a file without lines goes. A line that cannot be read stays. Returns how many went. */
  keepOnly(tenantId: TenantId, key: string, matches: (line: ContentLine) => boolean): Promise<number>;
};

export function createContentFiles(objects: Objects): ContentFiles {
  const linesOf = async (tenantId: TenantId, key: string): Promise<readonly string[]> => {
    const bytes = await objects.getObject(tenantId, key);
    return bytes === undefined
      ? []
      : Buffer.from(bytes)
          .toString()
          .split("\n")
          .filter((line) => line !== "");
  };
  const list: ContentFiles["list"] = (tenantId, fromDate) =>
    listAllKeys(objects, tenantId, `${CONTENT_AREA}/`, fromDate === undefined ? undefined : `${CONTENT_AREA}/${fromDate}`);
  const read: ContentFiles["read"] = async (tenantId, key) =>
    (await linesOf(tenantId, key)).map(parseContentLine).filter((line) => line !== undefined);
  return {
    list,
    read,
    async count(tenantId, matches) {
      let found = 0;
      for await (const key of list(tenantId)) found += (await read(tenantId, key)).filter(matches).length;
      return found;
    },
    async keepOnly(tenantId, key, matches) {
      const lines = await linesOf(tenantId, key);
      const kept = lines.filter((text) => {
        const line = parseContentLine(text);
        return line === undefined || matches(line);
      });
      if (kept.length === lines.length) return 0;
      if (kept.length === 0) await objects.deleteObject(tenantId, key);
      else await objects.putObject(tenantId, key, Buffer.from(`${kept.join("\n")}\n`));
      return lines.length - kept.length;
    },
  };
}
