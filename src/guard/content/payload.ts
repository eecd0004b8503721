import { mapJson, mapPlain, type MapString } from "./map-json.ts";

/** Text in base64: `data:text/csv;base64,…`. */
const TEXT_DATA = /^data:(?:text\/[a-z0-9.+-]+|application\/(?:json|xml|yaml|x-ndjson))(?:;charset=utf-8)?;base64,/i;
/** Bytes in base64, without saying what they are; no word or key is as long. */
const BASE64 = /^[A-Za-z0-9+/_-]{256,}={0,2}$/;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The text of a data URL, with what stands before it; undefined where it is none that can be read here. */
function readData(value: string): { readonly head: string; readonly text: string } | undefined {
  const head = TEXT_DATA.exec(value)?.[0];
  if (head === undefined) return undefined;
  try {
    const text = decoder.decode(Buffer.from(value.slice(head.length), "base64"));
    // Another encoding than UTF-8 is full of them.
    return text.includes("\0") ? undefined : { head, text };
  } catch {
    return undefined;
  }
}

/** JSON of which some strings may be files: those of text are decoded, mapped and encoded again. */
export const mapPayload = (value: unknown, map: MapString): unknown =>
  mapJson(value, (text, name) => {
    const data = readData(text);
    if (data === undefined) return mapPlain(text, map, name);
    const mapped = map(data.text, undefined);
    return mapped === data.text ? text : data.head + Buffer.from(mapped).toString("base64");
  });

/** Parts whose content is sound or moving pictures. */
const UNREADABLE_TYPES: ReadonlySet<unknown> = new Set(["input_audio", "audio", "video", "video_url", "audio_url"]);

/** A file or other bytes stand somewhere in the value that nobody can look at here. A mere reference holds none. */
export function holdsBytes(value: unknown): boolean {
  if (typeof value === "string") return value.startsWith("data:") ? readData(value) === undefined : BASE64.test(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsBytes);
  return ("type" in value && UNREADABLE_TYPES.has(value.type)) || Object.values(value).some(holdsBytes);
}
