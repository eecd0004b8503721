import type { ModerationsDeps } from "../http/index.ts";
import { moderate, type ModerateStages } from "../moderate/index.ts";

/** Texts judged under the same journal and rates as calls. Between two of them others have a turn. */
export function composeModerate(shared: Omit<ModerateStages, "pause">): ModerationsDeps["moderate"] {
  const stages: ModerateStages = { ...shared, pause: () => new Promise((done) => void setImmediate(done)) };
  return (call, admitted, signal) => moderate(stages, call, admitted, signal);
}
