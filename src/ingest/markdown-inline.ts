const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", euro: "€", copy: "©" };

/** The words of a line of Markdown without its marks. Every repetition has a bound, so that no input takes more than linear time. */
export function readableInline(line: string): string {
  if (!/[`*_[\]<&\\~!]/.test(line)) return line;
  return line
    .split(/(`[^`]{0,2000}`)/)
    .map((piece) => (piece.startsWith("`") && piece.length > 1 ? piece.slice(1, -1) : readableText(piece)))
    .join("");
}

function readableText(text: string): string {
  return text
    .replace(/!\[([^\]]{0,300})\]\([^)\s]{0,1000}(?:\s{1,9}"[^"]{0,300}")?\)/g, "$1")
    .replace(/\[([^[\]]{1,300})\]\([^)\s]{0,1000}(?:\s{1,9}"[^"]{0,300}")?\)/g, "$1")
    .replace(/\[([^[\]]{1,300})\]\[[^\]]{0,200}\]/g, "$1")
    .replace(/<((?:https?:|mailto:)[^>\s]{1,1000})>/g, "$1")
    .replace(/<br\s{0,9}\/?>/gi, " ")
    .replace(/<\/?[a-z][a-z0-9-]{0,20}(?:\s[^<>]{0,500})?\/?>/gi, "")
    .replace(/(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1/g, "$2")
    .replace(/(?<![\w*])\*(?=\S)([^*]{1,500}?)(?<=\S)\*(?![\w*])/g, "$1")
    .replace(/(?<![\w_])_(?=\S)([^_]{1,500}?)(?<=\S)_(?![\w_])/g, "$1")
    .replace(/~~(.{1,500}?)~~/g, "$1")
    .replace(/&([a-z]{2,6});/g, (whole: string, name: string) => ENTITIES[name] ?? whole)
    .replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, "$1");
}
