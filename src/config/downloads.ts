import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Env } from "./environment.ts";
import { type ConfigFlags, findConfigFile } from "./listen.ts";
import { ConfigError } from "./problem.ts";
import { toProblems } from "./schema-problems.ts";
import { fileSchema } from "./schema.ts";
import { parseYamlFile } from "./yaml-file.ts";

export type Downloads = {
  readonly folder: string;
  readonly hub: string;
  readonly hosts: readonly string[];
  /** The files that providers of kind llama name, there or not. */
  readonly used: readonly { readonly provider: string; readonly adapter: string | undefined; readonly path: string }[];
};

/**
 * What fetching models needs of the config file. The whole config cannot be asked: it has a problem as long as a file is missing that is
 * still to be fetched. Without a file, the defaults. Throws ConfigError.
 */
export async function loadDownloads(flags: ConfigFlags, env: Env, cwd: string): Promise<Downloads> {
  const file = await findConfigFile(flags, env, cwd);
  if (file.problem !== undefined) throw new ConfigError([file.problem]);
  const [text, baseDir] = file.path === undefined ? ["{}", cwd] : [await readFile(file.path, "utf8"), dirname(file.path)];
  const yaml = parseYamlFile(text, file.path ?? "weir.yaml");
  const parsed = fileSchema.safeParse(yaml.value);
  if (yaml.problems.length > 0) throw new ConfigError(yaml.problems);
  if (!parsed.success) throw new ConfigError(toProblems(parsed.error.issues, yaml));
  const { downloads, providers } = parsed.data;
  const used = Object.entries(providers).flatMap(([provider, { kind, ...rest }]) => {
    if (kind !== "llama" || !("model" in rest)) return [];
    const adapters = Object.entries(rest.adapters).map(([adapter, path]) => ({ provider, adapter, path: resolve(baseDir, path) }));
    return [{ provider, adapter: undefined, path: resolve(baseDir, rest.model) }, ...adapters];
  });
  return { folder: resolve(baseDir, downloads.folder), hub: downloads.hub.replace(/\/+$/, ""), hosts: downloads.hosts, used };
}
