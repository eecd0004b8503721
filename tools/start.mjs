/** `npm start`: installs what is missing, then serves with the demo tenant. Arguments after `--` go to `weir serve`. */
import { fileURLToPath } from "node:url";
import { runBun } from "../bin/run-bun.mjs";
import { install } from "./install.mjs";

try {
  install({ runtimeOnly: true });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
runBun([fileURLToPath(new URL("../src/main.ts", import.meta.url)), "serve", "--demo", ...process.argv.slice(2)]);
