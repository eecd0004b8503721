import type { Content, ContentBlock } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { isRecord, textOf } from "../json.ts";
import { toMark } from "./prompt-cache.ts";

export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+);base64,/;
const IMAGE_TYPES = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);
/** Blocks of this protocol itself: a caller that got them sends them back as they came. */
const OWN_TYPES = new Set(["thinking", "redacted_thinking", "document"]);

/** Empty and blank texts are refused upstream and say nothing, so they are left out. */
export function toBlocks(content: Content, param: string): Block[] {
  if (typeof content === "string") return content.trim() === "" ? [] : [{ type: "text", text: content }];
  const blocks: Block[] = [];
  for (const [at, block] of content.entries()) {
    if (block.type === "text" && block.text.trim() === "") continue;
    blocks.push(toBlock(block, `${param}[${at}]`));
  }
  return blocks;
}

function toBlock(block: ContentBlock, param: string): Block {
  if (block.type === "text") return { type: "text", text: block.text };
  if (block.type === "image") return toImage(block.url, param);
  const { value } = block;
  if (OWN_TYPES.has(textOf(value["type"]))) return toOwn(value);
  if (value["type"] === "refusal") return { type: "text", text: textOf(value["refusal"]) };
  if (value["type"] === "file") return toDocument(value["file"], param);
  throw new Fault("target_refused", { param: `${param}.type`, say: "This provider takes text, images and PDF files." });
}

/** As it came, but for the lifetime of a mark on it. */
function toOwn({ cache_control: marked, ...value }: Readonly<Record<string, unknown>>): Block {
  const mark = toMark(marked);
  return { ...value, type: textOf(value["type"]), ...(mark === undefined ? {} : { cache_control: mark }) };
}

function toImage(url: string, param: string): Block {
  const media = DATA_URL.exec(url);
  if (media?.[1] !== undefined && IMAGE_TYPES.has(media[1])) {
    return { type: "image", source: { type: "base64", media_type: media[1], data: url.slice(media[0].length) } };
  }
  if (url.startsWith("https://")) return { type: "image", source: { type: "url", url } };
  throw new Fault("target_refused", {
    param: `${param}.image_url.url`,
    say: "This provider takes images as https addresses or as base64 data URLs of JPEG, PNG, GIF or WebP.",
  });
}

/** OpenAI's `file` block with the file in it. A file id belongs to another service. */
function toDocument(file: unknown, param: string): Block {
  const data = isRecord(file) ? textOf(file["file_data"]) : "";
  const media = DATA_URL.exec(data);
  if (media?.[1] === "application/pdf") {
    const title = isRecord(file) ? textOf(file["filename"]) : "";
    const source = { type: "base64", media_type: "application/pdf", data: data.slice(media[0].length) };
    return { type: "document", source, ...(title === "" ? {} : { title: title.slice(0, 500) }) };
  }
  throw new Fault("target_refused", { param: `${param}.file`, say: "This provider takes files as base64 data URLs of a PDF." });
}

/** The text of an instruction, which can hold nothing else. */
export function textOfContent(content: Content, param: string): string {
  if (typeof content === "string") return content;
  const texts: string[] = [];
  for (const [at, block] of content.entries()) {
    if (block.type !== "text")
      throw new Fault("target_refused", { param: `${param}[${at}].type`, say: "This provider takes instructions as text only." });
    texts.push(block.text);
  }
  return texts.join("\n");
}
