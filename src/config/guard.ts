import type { GuardPolicy } from "../domain/guard-policy.ts";
import { readAddress } from "./objects.ts";
import { resolveSecret } from "./reference.ts";
import type { FileConfig } from "./schema.ts";
import type { Source } from "./source.ts";

type FileGuard = FileConfig["guard"];
/** Addresses without a trailing slash, credentials read. */
type Read<Service> = Service extends unknown ? Omit<Service, "apiKey"> & { readonly apiKey: string | undefined } : never;
export type DetectorConfig = Read<FileGuard["detectors"][number]>;
export type OpinionConfig = Read<FileGuard["opinions"][number]>;
export type GuardConfig = {
  readonly policy: GuardPolicy;
  readonly pseudonymDays: number;
  readonly detectors: readonly DetectorConfig[];
  readonly opinions: readonly OpinionConfig[];
};

export async function readGuard(source: Source): Promise<GuardConfig> {
  const { detectors, opinions, fields, pseudonymDays, ...policy } = source.value.guard;
  const modes = Object.fromEntries(Object.entries(fields).filter(([, mode]) => mode !== undefined));
  return {
    policy: { ...policy, fields: modes },
    pseudonymDays,
    detectors: await Promise.all(detectors.map(async (each, at) => ({ ...each, ...(await readService(each, "detectors", at, source)) }))),
    opinions: await Promise.all(opinions.map(async (each, at) => ({ ...each, ...(await readService(each, "opinions", at, source)) }))),
  };
}

async function readService(
  service: { readonly url: string; readonly apiKey?: string | undefined },
  list: string,
  at: number,
  source: Source,
) {
  const place = (setting: string) => source.placeOf(["guard", list, at, setting]);
  return {
    url: readAddress(service.url, place("url"), source),
    apiKey: service.apiKey === undefined ? undefined : await resolveSecret(service.apiKey, place("apiKey"), source),
  };
}
