/** How a text is read. */
export type TextKind = "markdown" | "html" | "text" | "csv" | "json" | "code";
/** What is read from its bytes. */
export type BinaryKind = "pdf" | "docx" | "xlsx" | "pptx" | "mail" | "zip" | "tar" | "gzip";
export type Kind = TextKind | BinaryKind;

const words = (text: string): readonly string[] => text.split(" ");

/** Endings of names, by the kind of text that stands under them. */
const TEXT_KINDS: ReadonlyMap<string, TextKind> = new Map([
  ...words("md markdown mdown mdx").map((ending) => [ending, "markdown"] as const),
  ...words("html htm xhtml").map((ending) => [ending, "html"] as const),
  ...words("txt text log rst adoc org tex srt vtt").map((ending) => [ending, "text"] as const),
  ...words("csv tsv tab").map((ending) => [ending, "csv"] as const),
  ...words("json jsonl ndjson geojson ipynb").map((ending) => [ending, "json"] as const),
]);

/** Source text, by the name that its language has after the fence of a code block. */
const LANGUAGES: Readonly<Record<string, string>> = {
  python: "py pyi pyx",
  javascript: "js mjs cjs jsx",
  typescript: "ts mts cts tsx",
  java: "java",
  kotlin: "kt kts",
  scala: "scala",
  go: "go",
  rust: "rs",
  c: "c h",
  cpp: "cc cpp cxx hh hpp hxx",
  csharp: "cs",
  objectivec: "m mm",
  swift: "swift",
  ruby: "rb",
  php: "php",
  perl: "pl pm",
  lua: "lua",
  r: "r",
  julia: "jl",
  dart: "dart",
  elixir: "ex exs",
  erlang: "erl hrl",
  haskell: "hs",
  clojure: "clj cljs",
  ocaml: "ml mli",
  fsharp: "fs",
  vb: "vb vbs bas",
  groovy: "groovy gradle",
  shell: "sh bash zsh fish",
  powershell: "ps1 psm1",
  batch: "bat cmd",
  sql: "sql",
  terraform: "tf hcl",
  protobuf: "proto",
  graphql: "graphql gql",
  css: "css scss less",
  vue: "vue",
  svelte: "svelte",
  xml: "xml xsd xsl wsdl plist",
  yaml: "yaml yml",
  toml: "toml",
  ini: "ini cfg conf properties",
  json: "jsonc json5",
  diff: "diff patch",
  zig: "zig",
  solidity: "sol",
  cobol: "cob cbl",
  fortran: "f f90 f95",
  cmake: "cmake",
};
const LANGUAGE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(LANGUAGES).flatMap(([language, endings]) => words(endings).map((ending) => [ending, language] as const)),
);
/** Files that are known by their whole name. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["makefile", "makefile"],
  ["dockerfile", "dockerfile"],
  ["jenkinsfile", "groovy"],
  ["gemfile", "ruby"],
  ["rakefile", "ruby"],
]);

/** Endings of what is read, without the dot: what a folder is searched for. */
export const ENDINGS: ReadonlySet<string> = new Set([
  ...TEXT_KINDS.keys(),
  ...LANGUAGE_OF.keys(),
  ...words("pdf docx docm xlsx xlsm pptx pptm eml zip tar tgz gz"),
]);

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** Only a plain ending counts as a type: `notes.v2` and `README` are text, and nobody's file name ends in a sentence. */
export const endingOf = (filename: string): string => /.\.([a-z][a-z0-9]{0,9})$/i.exec(baseName(filename))?.[1]?.toLowerCase() ?? "";

/** The language of source text, by its name. undefined: it is none. */
export const languageOf = (filename: string): string | undefined =>
  LANGUAGE_OF.get(endingOf(filename)) ?? NAMED.get(baseName(filename).toLowerCase());

/** undefined: files of this name are not text that is read. */
export function textKindOf(filename: string): TextKind | undefined {
  const ending = endingOf(filename);
  if (languageOf(filename) !== undefined) return "code";
  return ending === "" ? "text" : TEXT_KINDS.get(ending);
}

export const SUPPORTED =
  "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), Markdown, HTML, CSV, JSON, e-mail (.eml), source code, plain text and archives of these (.zip, .tar, .gz) can be indexed";
