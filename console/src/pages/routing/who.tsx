import { routingText as text } from "#text/routing.ts";

const WORDS: Readonly<Record<string, string>> = { "admin-key": text.adminKey, server: text.server };

/** Who did something: the admin key and the server in words, others by the id of their key or of their name at the issuer. */
export const Who = ({ id }: { readonly id: string }) =>
  WORDS[id] === undefined ? <span className="foreign font-mono text-xs">{id}</span> : <span>{WORDS[id]}</span>;
