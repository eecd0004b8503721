import type { Config } from "../config/index.ts";
import { createQdrant } from "../qdrant/index.ts";
import { ok, problem, type Finding } from "./finding.ts";

const ABOUT = "qdrant";

/** Whether the Qdrant that is configured answers. Nothing where none is. */
export async function checkQdrant({ qdrant }: Pick<Config, "qdrant">): Promise<readonly Finding[]> {
  if (qdrant === undefined) return [];
  try {
    return [ok(ABOUT, `answers (version ${await createQdrant(qdrant).ping()})`)];
  } catch {
    return [
      problem(
        ABOUT,
        "does not answer: searches go by words alone meanwhile, and say so",
        "Is it running, is QDRANT_URL right as seen from this machine, and QDRANT_API_KEY the one that it wants?",
      ),
    ];
  }
}
