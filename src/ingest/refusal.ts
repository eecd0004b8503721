/** Why a file cannot be indexed. The codes are OpenAI's for `last_error` of a vector store's file. */
export type Refusal = { readonly code: "unsupported_file" | "invalid_file" | "server_error"; readonly message: string };

/** Thrown deep inside a parser. The message is for whoever uploaded the file, and quotes nothing of what is in it. */
export class Unreadable extends Error {
  readonly refusal: Refusal;

  constructor(message: string, code: Refusal["code"] = "invalid_file") {
    super(message);
    this.name = "Unreadable";
    this.refusal = { code, message };
  }
}
