import { resolve } from "node:path";
import type { z } from "zod";
import { readAddress } from "./objects.ts";
import type { Place } from "./problem.ts";
import { resolveSecret, resolveText } from "./reference.ts";
import type { Source } from "./source.ts";
import type { sourcesSchema } from "./sources-schema.ts";

type Choice = {
  readonly name: string;
  /** Slug. */
  readonly tenant: string;
  readonly collection: string;
  /** Five fields of cron, UTC. */
  readonly schedule: string | undefined;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly fileBytesMax: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly allowEmpty: boolean;
};
/** A place that documents come from. */
export type SourceConfig = Choice &
  (
    | { readonly kind: "folder"; /** Absolute. */ readonly path: string }
    | {
        readonly kind: "s3";
        readonly bucket: string;
        /** Without a trailing slash. */
        readonly endpoint: string;
        readonly region: string;
        readonly prefix: string;
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
      }
    | {
        readonly kind: "git";
        readonly url: string;
        readonly branch: string;
        /** Empty, or ends in a slash. */
        readonly folder: string;
        readonly token: string | undefined;
      }
  );

type FileSource = z.output<typeof sourcesSchema>[string];
const MEGABYTE = 1024 * 1024;

export async function readSources(source: Source): Promise<readonly SourceConfig[]> {
  const read: SourceConfig[] = [];
  for (const [name, one] of Object.entries(source.value.sources)) read.push(await readSource(name, one, source));
  return read;
}

async function readSource(name: string, one: FileSource, source: Source): Promise<SourceConfig> {
  const at = (setting: string): Place => source.placeOf(["sources", name, setting]);
  const { tenant, collection, schedule, include, exclude, attributes, allowEmpty } = one;
  const fileBytesMax = Math.floor(one.fileMegabytesMax * MEGABYTE);
  const choice = { name, tenant, collection, schedule, include, exclude, fileBytesMax, attributes, allowEmpty };
  switch (one.kind) {
    case "folder":
      return { ...choice, kind: "folder", path: resolve(source.baseDir, one.path) };
    case "s3":
      return {
        ...choice,
        kind: "s3",
        bucket: one.bucket,
        region: one.region,
        endpoint: readAddress(one.endpoint ?? `https://s3.${one.region}.amazonaws.com`, at("endpoint"), source),
        prefix: one.prefix,
        accessKeyId: (await resolveSecret(one.accessKeyId, at("accessKeyId"), source)) ?? "",
        secretAccessKey: (await resolveSecret(one.secretAccessKey, at("secretAccessKey"), source)) ?? "",
      };
    case "git":
      return {
        ...choice,
        kind: "git",
        url: readRepository(one.url, at("url"), source),
        branch: one.branch,
        folder: one.folder === "" || one.folder.endsWith("/") ? one.folder : `${one.folder}/`,
        token: one.token === undefined ? undefined : await resolveSecret(one.token, at("token"), source),
      };
  }
}

/** It is not quoted where it is wrong: it may hold a password. */
function readRepository(raw: string, place: Place, source: Source): string {
  const text = resolveText(raw, place, source);
  if (text === undefined) return "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && url.password === "" && (url.username === "" || url.protocol === "ssh:") && url.search === "" && url.hash === "";
  if (isPlain && ["https:", "http:", "ssh:"].includes(url.protocol)) return text;
  source.findings.problems.push({
    place,
    message: "expected an address such as https://git.example/team/handbook.git, without a password: a token is a setting of its own.",
  });
  return "";
}
