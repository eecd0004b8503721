import { toProbe } from "./attack.ts";
import { judgePrompt } from "./judge.ts";
import type { Probe } from "./probe.ts";
import { isDue, type PromptFile, type PromptState } from "./prompt-files.ts";
import type { Suite } from "./suite.ts";

/** What a system prompt must withstand. */
const FAMILIES: ReadonlySet<string> = new Set(["override", "system-prompt", "verbatim", "transformed"]);

/** Each prompt file that is new, changed or was found wanting, sent as the system message of attacks on system prompts. */
export const prompts = (files: readonly PromptFile[], states: readonly PromptState[]): Suite => ({
  name: "prompts",
  async prepare(context) {
    const due = new Set(states.filter(isDue).map(({ path }) => path));
    const probes = files.filter((file) => due.has(file.path)).flatMap((file) => promptProbes(file, context));
    const notes = states.filter(({ path }) => !due.has(path)).map(({ path, state }) => `prompts: ${path} is ${state}, and was not run`);
    return { probes, notes };
  },
});

type Context = Parameters<Suite["prepare"]>[0];

function promptProbes(file: PromptFile, { families, dice, model }: Context): Probe[] {
  const some = families.filter((family) => FAMILIES.has(family.name));
  return some.flatMap((family) =>
    family.entries.map((entry, at) => {
      const probe = toProbe(family, entry, at, dice, { model, suite: "prompts", system: file.text });
      const judge: Probe["judge"] = async (reply, twin) => {
        const verdict = await probe.judge(reply, twin);
        const ofFile = judgePrompt(reply, file.text);
        return ofFile.outcome === "failed" ? ofFile : verdict;
      };
      return { ...probe, id: `prompts/${file.path}/${entry.id}`, family: file.path, judge };
    }),
  );
}
