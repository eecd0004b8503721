/** A program of its own: `bun template-build.ts FOLDER` makes a data folder with every migration applied. */
import { systemClock } from "../kernel/clock.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error("usage: template-build.ts FOLDER");
const db = await openPglite({ clock: systemClock, log: () => undefined }, { dir, image: undefined });
await migrate(db);
await db.close();
