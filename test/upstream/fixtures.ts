import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("./fixtures/", import.meta.url));

/** Whole answers as servers send them, `<protocol>-<what>.sse` or `.json`, written after the published formats. */
export function fixtureNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".sse") || file.endsWith(".json"))
    .filter((file) => !file.endsWith(".parts.json"))
    .toSorted();
}

export function readFixture(name: string): { readonly head: string; readonly text: string; readonly isStream: boolean } {
  const file = fixtureNames().find((each) => each === name || each.startsWith(`${name}.`));
  if (file === undefined) throw new Error(`fake upstream: no fixture ${name}`);
  const text = readFileSync(FOLDER + file, "utf8");
  const isStream = file.endsWith(".sse");
  const type = isStream ? "text/event-stream" : "application/json";
  return { head: `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`, text, isStream };
}
