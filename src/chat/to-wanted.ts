import type { Call } from "../domain/chat.ts";
import type { Checked } from "../domain/guard.ts";
import type { Admitted } from "./stages.ts";

/** What the plan may know of a call besides its prompt. */
export const toWanted = ({ who, feature, trial }: Call, { budgeted, budgetLeft }: Admitted, checked: Checked) => ({
  who,
  feature,
  trial,
  budgeted,
  budgetLeft,
  said: checked.chat,
  content: checked.standing,
  findingTypes: () => Object.keys(checked.guarded?.found ?? {}),
});
