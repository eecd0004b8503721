import { DataError } from "./data.ts";
import type { SpanQuestion } from "./passages.ts";

/** JSON lines: `{"question", "document", "references": ["the exact words", …]}`. `document` is a file's name, with its ending or without. */
export function parseSpanQuestions(text: string): readonly SpanQuestion[] {
  return text.split(/\r?\n/).flatMap((raw, at) => {
    if (raw.trim() === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(raw);
    } catch {
      throw new DataError(`line ${at + 1} is not JSON`);
    }
    const found = toQuestion(value, String(at + 1));
    if (found === undefined) throw new DataError(`line ${at + 1}: a question is {"question", "document", "references": ["exact words"]}`);
    return [found];
  });
}

function toQuestion(value: unknown, number: string): SpanQuestion | undefined {
  const id = fieldOf(value, "id");
  const [text, document, references] = ["question", "document", "references"].map((name) => fieldOf(value, name));
  if (typeof text !== "string" || text === "" || typeof document !== "string" || document === "" || !Array.isArray(references))
    return undefined;
  const words = references.map((one: unknown) => (typeof one === "string" ? one : fieldOf(one, "content")));
  const known = words.filter((one): one is string => typeof one === "string" && one.trim() !== "");
  if (known.length === 0 || known.length < words.length) return undefined;
  return { id: typeof id === "string" || typeof id === "number" ? String(id) : number, text, document, references: known };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
