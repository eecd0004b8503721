import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { copyTemplate, findTemplate } from "./template.ts";
import { openPglite } from "./pglite.ts";
import type { Engine } from "./engine.ts";

export type TestDatabaseOptions = {
  /** PGlite only. `memory` (default) is quickest; `folder` is what is served from, for measurements. */
  readonly storage?: "memory" | "folder";
};

/** For tests: a fresh database with every migration applied, thrown away at `close`. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<Engine> {
  const deps = { clock: systemClock, log: { warn: () => undefined } };
  if (options.storage !== "folder") return await openPglite(deps, { kind: "memory", image: (await findTemplate()).image });
  const parent = await mkdtemp(join(tmpdir(), "weir-test-"));
  const dir = join(parent, "db");
  await copyTemplate(dir);
  const engine = await openPglite(deps, { kind: "folder", dir });
  return {
    ...engine,
    async close() {
      await engine.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
