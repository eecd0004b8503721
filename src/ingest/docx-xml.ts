import { Parser } from "htmlparser2";
import { Unreadable } from "./refusal.ts";
import type { Zip } from "./zip.ts";

/** Word nests some dozens of elements: text in a table in a text box. */
export const XML_DEPTH_MAX = 256;
const PIECE_CHARS = 64 * 1024;

/** Attributes by their local names: writers differ in prefixes. */
export type Attributes = (name: string) => string | undefined;
export type XmlWalk = {
  open(name: string, attribute: Attributes): void;
  text?(text: string): void;
  close?(name: string): void;
};

/** Walks the elements of a part by local names. Nothing is ever fetched or expanded: a document type is refused. Throws Unreadable. */
export function walkXml(source: string, walk: XmlWalk): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth += 1;
        if (depth > XML_DEPTH_MAX) throw new Unreadable(`The document is nested more than ${XML_DEPTH_MAX} levels deep.`);
        walk.open(localOf(name), (wanted) => attributes[`w:${wanted}`] ?? attributes[wanted] ?? byLocalName(attributes, wanted));
      },
      ontext: (text) => walk.text?.(text),
      onclosetag(name) {
        depth -= 1;
        walk.close?.(localOf(name));
      },
      onprocessinginstruction(name) {
        if (name.toLowerCase().startsWith("!doctype"))
          throw new Unreadable("The document declares XML entities or a document type, which Word never does.");
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  for (let at = 0; at < source.length; at += PIECE_CHARS) parser.write(source.slice(at, at + PIECE_CHARS));
  parser.end();
}

/** A part as text: UTF-8, or UTF-16 where it begins with its mark. undefined: there is none of this name. */
export function readXml(zip: Zip, name: string): string | undefined {
  const bytes = zip.read(name);
  if (bytes === undefined) return undefined;
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable("The document's text is not valid UTF-8.");
  }
}

const localOf = (name: string): string => name.slice(name.indexOf(":") + 1);

function byLocalName(attributes: Readonly<Record<string, string>>, wanted: string): string | undefined {
  const name = Object.keys(attributes).find((key) => localOf(key) === wanted);
  return name === undefined ? undefined : attributes[name];
}
