import PostalMime from "postal-mime";
import type { Address, Email } from "postal-mime";
import type { Extracted } from "./extracted.ts";
import { tidyText } from "./extracted.ts";
import type { ParseInner } from "./parse-archive.ts";
import type { Nest } from "./nest.ts";
import { parseHtml } from "./parse-html.ts";
import { Unreadable } from "./refusal.ts";
import { composeSections } from "./sections.ts";
import type { Section } from "./sections.ts";

/** Parts in parts: a signed answer to a forwarded mail with pictures has some ten. */
const PARTS_DEPTH_MAX = 32;
const HEADER_BYTES_MAX = 1024 * 1024;
/** Forwarded mails are read as attachments, so that they count as files in a file. */
const OPTIONS = {
  forceRfc822Attachments: true,
  maxNestingDepth: PARTS_DEPTH_MAX,
  maxHeadersSize: HEADER_BYTES_MAX,
  attachmentEncoding: "arraybuffer",
} as const;
/** Addresses of one line that are told: a mail to everybody names everybody. */
const ADDRESSES_MAX = 50;

/** A message: who wrote to whom and when, its text, and its attachments as sections. What of them cannot be read is named. Throws Unreadable. */
export async function parseMail(bytes: Uint8Array, nest: Nest, inner: ParseInner): Promise<Extracted> {
  const mail = await PostalMime.parse(bytes, OPTIONS).catch(() => {
    throw new Unreadable("The message is damaged, or nested more deeply than messages are.");
  });
  if (mail.headers.length === 0) throw new Unreadable("The file is named .eml, but what it holds is no e-mail: it has no headers.");
  const below = mail.attachments.length > 0 ? nest.deeper() : nest;
  const sections: Section[] = [];
  const unread: string[] = [];
  for (const [at, attachment] of mail.attachments.entries()) {
    const name = attachment.filename ?? `attachment ${at + 1}${attachment.mimeType === "message/rfc822" ? ".eml" : ""}`;
    const body = bytesOf(attachment.content);
    below.takeFile(body.length);
    const parsed = await inner(named(name, attachment.mimeType), body, below);
    if (parsed.ok) sections.push({ ...parsed, name });
    // Pictures of signatures are nobody's loss.
    else if (attachment.related !== true) unread.push(`${name} (not read)`);
  }
  const first = tidyText([headOf(mail, unread), bodyOf(mail)].join("\n\n"));
  const title = mail.subject?.trim();
  const composed = sections.length === 0 ? { text: first } : composeSections(sections, { text: first, called: "message" });
  return { title: title === "" ? undefined : title, ...composed };
}

const bytesOf = (content: ArrayBuffer | Uint8Array | string): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);

/** A message in a message has no name that tells what it is. */
const named = (name: string, type: string): string => (type === "message/rfc822" && !/\.eml$/i.test(name) ? `${name}.eml` : name);

function headOf({ subject, from, to, cc, headers }: Email, unread: readonly string[]): string {
  const lines: readonly (readonly [string, string])[] = [
    ["Subject", subject ?? ""],
    ["From", from === undefined ? "" : addressText(from)],
    ["To", addressesText(to)],
    ["Cc", addressesText(cc)],
    // As the sender wrote it, with the sender's own time.
    ["Date", headers.find(({ key }) => key === "date")?.value ?? ""],
    ["Attachments", unread.join(", ")],
  ];
  return lines
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value.replace(/\s+/g, " ").trim()}`)
    .join("\n");
}

function addressesText(addresses: readonly Address[] = []): string {
  const more = addresses.length - ADDRESSES_MAX;
  return addresses.slice(0, ADDRESSES_MAX).map(addressText).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function addressText(address: Address): string {
  if (address.address === undefined) return address.name;
  return address.name === "" ? address.address : `${address.name} <${address.address}>`;
}

/** As plain text where there is some; else its page. */
function bodyOf({ text = "", html = "" }: Email): string {
  return text.trim() === "" && html !== "" ? parseHtml(html).text : text;
}
