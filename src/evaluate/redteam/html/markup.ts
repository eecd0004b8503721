/** Text that is markup already. Only `markup` makes it, so that nothing else gets into a page unescaped. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  static of(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

export type Piece = string | number | Markup | readonly Piece[] | undefined;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A template of HTML or SVG: whatever is put in is escaped, but for pieces made the same way. */
export function markup(fixed: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return Markup.of(fixed.reduce((text, part, at) => `${text}${render(pieces[at - 1])}${part}`));
}

function render(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Markup) return piece.toString();
  if (typeof piece === "number") return String(piece);
  if (typeof piece === "string") return piece.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? "");
  return piece.map(render).join("");
}
