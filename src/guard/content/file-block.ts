import type { MapString } from "./map-json.ts";

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Text in base64 as a message's file: `data:text/csv;base64,…`. */
const TEXT_DATA = /^data:(?:text\/[a-z0-9.+-]+|application\/(?:json|xml|yaml|x-ndjson))(?:;charset=utf-8)?;base64,/i;

/**
 * A file inside a message (`{type: "file", file: {filename, file_data}}`). One of text is decoded, mapped and encoded again; undefined where the
 * block is none of these, and then its JSON is walked.
 */
export function mapFileBlock(value: Json, map: MapString): Json | undefined {
  const { file } = value;
  if (value["type"] !== "file" || !isObject(file)) return undefined;
  const { file_data: data, filename } = file;
  const head = typeof data === "string" ? TEXT_DATA.exec(data)?.[0] : undefined;
  if (typeof data !== "string" || head === undefined) return undefined;
  const text = Buffer.from(data.slice(head.length), "base64").toString("utf8");
  const mapped = map(text, undefined);
  const named = typeof filename === "string" ? map(filename, "filename") : undefined;
  if (mapped === text && named === filename) return value;
  const file_data = mapped === text ? data : head + Buffer.from(mapped).toString("base64");
  return { ...value, file: { ...file, file_data, ...(named === undefined ? {} : { filename: named }) } };
}

/** Content that is in the block and cannot be read here: sound, pictures, files that are no text. A mere reference holds none. */
export function isUnreadable(value: Json): boolean {
  const { type, file } = value;
  if (type === "text" || type === "refusal") return false;
  if (type === "file" && isObject(file)) {
    const { file_data: data } = file;
    return typeof data === "string" ? !TEXT_DATA.test(data) : false;
  }
  return type === "input_audio" || type === "audio" || type === "video" || type === "video_url" || type === "audio_url";
}
