import { envPlace, readEnv, type Env } from "./environment.ts";
import type { Findings } from "./problem.ts";

export type QdrantConfig = { readonly url: string; readonly apiKey: string | undefined };

/** `QDRANT_URL` and `QDRANT_API_KEY`. undefined: vectors are searched in the database. */
export function readQdrant(env: Env, findings: Findings): QdrantConfig | undefined {
  const [raw, apiKey] = [readEnv(env, "QDRANT_URL"), readEnv(env, "QDRANT_API_KEY")];
  const refuse = (name: string, message: string): undefined => void findings.problems.push({ place: envPlace(name), message });
  if (raw === undefined) return apiKey === undefined ? undefined : refuse("QDRANT_API_KEY", "is set, but QDRANT_URL is not.");
  const url = URL.canParse(raw) ? new URL(raw) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    return refuse("QDRANT_URL", "expected http://HOST:6333 or https://HOST:6333.");
  if (url.username !== "" || url.password !== "") return refuse("QDRANT_URL", "takes no user or password; a key goes into QDRANT_API_KEY.");
  return { url: raw.replace(/\/+$/, ""), apiKey };
}
