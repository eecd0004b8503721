import { env as processEnv, cwd } from "node:process";
import { createTenantAdmin, getBySlug } from "./admin/index.ts";
import { openParts } from "./compose.ts";
import { admitChat, admitEmbeddings } from "./compose/admission.ts";
import { createEmbedTexts, type EmbedTexts } from "./compose/embed-texts.ts";
import { createGenerate, DEFAULT_TENANT, type Generate } from "./compose/generate.ts";
import { loadConfig, type Env } from "./config/index.ts";
import { systemClock } from "./kernel/clock.ts";
import { Fault } from "./kernel/fault.ts";
import { silentLog } from "./telemetry/index.ts";

export { Fault } from "./kernel/fault.ts";
export type { FaultCode } from "./kernel/fault.ts";
export type { EmbeddedTexts, EmbedOptions, EmbedTexts } from "./compose/embed-texts.ts";
export type { Generate, Generated, GenerateMessage, GenerateOptions } from "./compose/generate.ts";

/** The fields of weir.yaml, and where the data lies. Without providers the environment's quick start counts, as for `weir serve`. */
export type WeirConfig = Readonly<Record<string, unknown>> & {
  /** Folder of database, journal, documents and keys; `./data` unless told. One process at a time. */
  readonly dataDir?: string;
};

export type Weir = {
  readonly generate: Generate;
  readonly embed: EmbedTexts;
  /** Ships what is recorded and closes everything. */
  close(): Promise<void>;
};

/** Weir in this process, without a socket: the same path, policy and record as over HTTP. */
export async function createWeir(config: WeirConfig = {}, options: { readonly env?: Env } = {}): Promise<Weir> {
  const { dataDir, ...file } = config;
  const loaded = await loadConfig({
    flags: dataDir === undefined ? {} : { data: dataDir },
    env: options.env ?? processEnv,
    cwd: cwd(),
    // Only a quick start that names no model asks, and only then are the commands loaded.
    listModels: async (baseUrl, apiKey) => (await import("./cli/index.ts")).listModels(baseUrl, apiKey),
    ...(Object.keys(file).length === 0 ? {} : { inline: { name: "createWeir(config)", text: JSON.stringify(file, null, 2) } }),
  });
  const clock = systemClock;
  const { parts, db, close } = await openParts(loaded, { clock, log: silentLog });
  const tenants = createTenantAdmin({
    db,
    nowMs: clock.nowMs,
    changed: parts.changed,
    decisions: parts.decisions,
    approvals: loaded.approvals,
    guard: loaded.guard.policy,
  });

  const findTenant = async (slug: string) => {
    try {
      return await getBySlug(db, slug);
    } catch (error) {
      if (slug !== DEFAULT_TENANT || !(error instanceof Fault) || error.code !== "not_found") throw error;
      await tenants.create({ slug, name: "Default" });
      return getBySlug(db, slug);
    }
  };
  const generate = createGenerate({
    clock,
    findTenant,
    admit: admitChat(parts.admission.admission, parts.chat.refuse),
    answer: parts.chat.answer,
    outputLimits: { defaultTokens: loaded.maxOutputTokensDefault, capTokens: loaded.maxOutputTokensCap },
    live: parts.live,
  });
  const embed = createEmbedTexts({
    clock,
    findTenant,
    admit: admitEmbeddings(parts.admission.admission, parts.chat.refuse),
    embed: parts.chat.embed,
    live: parts.live,
  });
  return { generate, embed, close };
}
