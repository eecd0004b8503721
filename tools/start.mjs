/** `npm start`: installs what is missing, builds the console where something changed, then serves with the demo tenant. Arguments after `--` go to `weir serve`. */
import { fileURLToPath } from "node:url";
import { runBun } from "../bin/run-bun.mjs";
import { buildConsole } from "./build-console.mjs";
import { install } from "./install.mjs";

try {
  install({ runtimeOnly: true });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (!process.argv.includes("--no-console")) {
  try {
    await buildConsole();
  } catch (error) {
    console.error(`weir: warning: the console could not be built, and the server starts without it: ${error.message}`);
  }
}
runBun([fileURLToPath(new URL("../src/main.ts", import.meta.url)), "serve", "--demo", ...process.argv.slice(2)]);
