import type { ZipPart } from "./zip-writer.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const TYPES = `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`;
const KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

type Relation = readonly [type: string, target: string];

const relations = (list: readonly Relation[]): string =>
  `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list
    .map(([type, target], at) => `<Relationship Id="r${at + 1}" Type="${KIND}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

/** A workbook of sheets, each its rows as XML. */
export function workbookOf(sheets: readonly string[], shared = "", before = ""): ZipPart[] {
  const names = sheets.map((_, at) => `worksheets/sheet${at + 1}.xml`);
  return [
    { name: "[Content_Types].xml", content: TYPES },
    { name: "_rels/.rels", content: relations([["officeDocument", "xl/workbook.xml"]]) },
    {
      name: "xl/workbook.xml",
      content: `${HEAD}<workbook><sheets>${sheets.map((_, at) => `<sheet name="S${at + 1}" sheetId="${at + 1}" r:id="r${at + 1}"/>`).join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: relations([...names.map((name): Relation => ["worksheet", name]), ["sharedStrings", "sharedStrings.xml"]]),
    },
    { name: "xl/sharedStrings.xml", content: `${HEAD}${before}<sst>${shared}</sst>` },
    ...sheets.map((rows, at): ZipPart => ({
      name: `xl/${names[at]}`,
      content: `${HEAD}<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    })),
  ];
}

/** A presentation of slides, each what is in its tree of shapes. */
export function presentationOf(slides: readonly string[]): ZipPart[] {
  const names = slides.map((_, at) => `slides/slide${at + 1}.xml`);
  return [
    { name: "[Content_Types].xml", content: TYPES },
    { name: "_rels/.rels", content: relations([["officeDocument", "ppt/presentation.xml"]]) },
    {
      name: "ppt/presentation.xml",
      content: `${HEAD}<p:presentation><p:sldIdLst>${slides.map((_, at) => `<p:sldId id="${256 + at}" r:id="r${at + 1}"/>`).join("")}</p:sldIdLst></p:presentation>`,
    },
    { name: "ppt/_rels/presentation.xml.rels", content: relations(names.map((name): Relation => ["slide", name])) },
    ...slides.map((shapes, at): ZipPart => ({
      name: `ppt/${names[at]}`,
      content: `${HEAD}<p:sld><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`,
    })),
  ];
}

export const shape = (text: string): string => `<p:sp><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`;

/** A file of an archive of tar; what is claimed of it may be a lie. */
export type TarPart = { readonly name: string; readonly content: string | Uint8Array; readonly type?: string; readonly size?: number };

export function writeTar(parts: readonly TarPart[]): Buffer {
  const blocks = parts.flatMap(({ name, content, type = "0", size }) => {
    const body = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, "utf8");
    header.write("0000644\x000000000\x000000000\x00", 100);
    header.write(`${(size ?? body.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\x00        ", 136);
    header.write(type, 156);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
