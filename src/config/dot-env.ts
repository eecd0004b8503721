import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Env, ENVIRONMENT, readEnv } from "./environment.ts";
import type { Findings } from "./problem.ts";

/** Bun reads these from the working folder by itself, later ones first; the real environment goes before all of them. */
const fileNames = (mode: string): string[] => [".env", `.env.${mode}`, ".env.local"];

/**
 * Names the settings that a `.env` file brought in. The runtime reads such files unasked, and a key that lies in a folder
 * decides where prompts go: whoever starts the server there should be told.
 */
export async function noteDotEnv(env: Env, cwd: string, findings: Findings): Promise<void> {
  const known = new Set(ENVIRONMENT.map((setting) => setting.name));
  for (const name of fileNames(env["NODE_ENV"] ?? "development")) {
    const text = await readFile(join(cwd, name), "utf8").catch(() => "");
    const set = [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/gm)].map((match) => match[1] ?? "");
    const ours = [...new Set(set)].filter((each) => known.has(each) && readEnv(env, each) !== undefined);
    if (ours.length === 0) continue;
    const message = `names ${ours.join(", ")}, and the runtime reads this file. A variable that was set before goes first.`;
    findings.warnings.push({ place: { in: "folder", path: name }, message });
  }
}
