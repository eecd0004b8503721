import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { copyTemplate } from "./template.ts";
import { openPglite } from "./pglite.ts";
import type { Engine } from "./engine.ts";

/** For tests: a fresh database with every migration applied, thrown away at `close`. */
export async function openTestDatabase(): Promise<Engine> {
  const dir = await mkdtemp(join(tmpdir(), "weir-test-"));
  await copyTemplate(join(dir, "db"));
  const engine = await openPglite({ clock: systemClock, log: () => undefined }, { dir: join(dir, "db"), image: undefined });
  return {
    ...engine,
    async close() {
      await engine.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
