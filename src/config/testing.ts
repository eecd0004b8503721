import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigFlags } from "./listen.ts";
import { loadConfig } from "./load-config.ts";
import { ConfigError } from "./problem.ts";
import type { ListModels } from "./quick-start.ts";
import type { Config, RemoteConfig } from "./types.ts";

type Start = {
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: ConfigFlags;
  readonly cwd?: string;
  readonly listModels?: ListModels;
};

export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "weir-config-"));

/** Loads as a start in a fresh folder would; `yaml` becomes its weir.yaml. */
export async function loadIn(start: Start): Promise<Config> {
  const cwd = start.cwd ?? (await makeFolder());
  if (start.yaml !== undefined) await writeFile(join(cwd, "weir.yaml"), start.yaml);
  return loadConfig({ flags: start.flags ?? {}, env: start.env ?? {}, cwd, listModels: start.listModels });
}

/** The lines of the error that a start fails with; empty when it does not fail. */
export async function problemsOf(start: Start): Promise<string[]> {
  try {
    await loadIn(start);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** The providers that are asked over HTTP. */
export const remotesOf = (config: Config): RemoteConfig[] => config.providers.filter((provider) => provider.kind !== "llama");
