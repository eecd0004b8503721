import { writeZip, type ZipPart } from "./zip-writer.ts";

/** A paragraph, or a table. `note` is a footnote behind the text. */
export type DocxBlock =
  | { readonly text: string; readonly style?: string; readonly list?: readonly [id: number, level: number]; readonly note?: string }
  | { readonly table: readonly (readonly string[])[] };

export type DocxOptions = { readonly title?: string; readonly numbering?: string };

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

const TYPES = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`;
const relations = (targets: Readonly<Record<string, string>>): string =>
  `${XML}<Relationships>${Object.entries(targets)
    .map(([type, target], at) => `<Relationship Id="r${at}" Type="${OFFICE}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

const STYLES = `${XML}<w:styles ${W}>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/><w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:basedOn w:val="berschrift2"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Ring"><w:name w:val="ring"/><w:basedOn w:val="Ring"/></w:style>
</w:styles>`;

/** Lists 1: bullets, 2: `1.`, `1.1`, `(a)`. */
const level = (at: number, format: string, text: string): string =>
  `<w:lvl w:ilvl="${at}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
const NUMBERING = `${XML}<w:numbering ${W}>
<w:abstractNum w:abstractNumId="0">${level(0, "bullet", "\uf0b7")}${level(1, "bullet", "o")}</w:abstractNum>
<w:abstractNum w:abstractNumId="1">${level(0, "decimal", "%1.")}${level(1, "decimal", "%1.%2")}${level(2, "lowerLetter", "(%3)")}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>`;

export const escapeXml = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
export const run = (text: string): string => `<w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r>`;
export const bodyXml = (inside: string): string => `${XML}<w:document ${W}><w:body>${inside}</w:body></w:document>`;

/** The parts of a document, to be changed before they are packed. */
export function docxParts(blocks: readonly DocxBlock[], options: DocxOptions = {}): ZipPart[] {
  const notes: string[] = [];
  const body = blocks.map((block) => ("table" in block ? tableXml(block.table) : paragraphXml(block, notes))).join("");
  const notesXml = notes
    .map((note, at) => `<w:footnote w:id="${at + 1}"><w:p><w:r><w:footnoteRef/></w:r>${run(note)}</w:p></w:footnote>`)
    .join("");
  return [
    { name: "[Content_Types].xml", content: TYPES },
    { name: "_rels/.rels", content: relations({ officeDocument: "word/document.xml", "core-properties": "docProps/core.xml" }) },
    { name: "word/document.xml", content: bodyXml(body) },
    {
      name: "word/_rels/document.xml.rels",
      content: relations({ styles: "styles.xml", numbering: "numbering.xml", footnotes: "footnotes.xml" }),
    },
    { name: "word/styles.xml", content: STYLES },
    { name: "word/numbering.xml", content: options.numbering ?? NUMBERING },
    { name: "word/footnotes.xml", content: `${XML}<w:footnotes ${W}>${notesXml}</w:footnotes>` },
    {
      name: "docProps/core.xml",
      content: `${XML}<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escapeXml(options.title ?? "")}</dc:title></cp:coreProperties>`,
    },
  ];
}

export const writeDocx = (blocks: readonly DocxBlock[], options: DocxOptions = {}): Buffer => writeZip(docxParts(blocks, options));

/** A document whose main part is this XML. */
export const docxOf = (documentXml: string | Uint8Array, claims: ZipPart["claims"] = {}): ZipPart[] =>
  docxParts([]).map((part) => (part.name === "word/document.xml" ? { ...part, content: documentXml, claims } : part));

function paragraphXml(block: Exclude<DocxBlock, { table: unknown }>, notes: string[]): string {
  const style = block.style === undefined ? "" : `<w:pStyle w:val="${block.style}"/>`;
  const list = block.list === undefined ? "" : `<w:numPr><w:ilvl w:val="${block.list[1]}"/><w:numId w:val="${block.list[0]}"/></w:numPr>`;
  const note = block.note === undefined ? "" : `<w:r><w:footnoteReference w:id="${notes.push(block.note)}"/></w:r>`;
  return `<w:p><w:pPr>${style}${list}</w:pPr>${run(block.text)}${note}</w:p>`;
}

const tableXml = (rows: readonly (readonly string[])[]): string =>
  `<w:tbl>${rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc><w:p>${run(cell)}</w:p></w:tc>`).join("")}</w:tr>`).join("")}</w:tbl>`;
