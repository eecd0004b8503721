/** A child of lock.test.ts: `lock-race.fixture.ts FOLDER` waits for a byte, tries for the lock, says how it went, and holds it until its input ends. */
import { lockDataFolder } from "./lock.ts";

const [dir = ""] = process.argv.slice(2);
process.stdin.once("data", () => {
  try {
    lockDataFolder(dir, { pid: process.pid, address: "http://127.0.0.1:1" });
    process.stdout.write("won\n");
  } catch (error) {
    process.stdout.write(`lost ${error instanceof Error ? error.message : ""}\n`);
  }
});
process.stdin.on("end", () => process.exit(0));
process.stdout.write("ready\n");
