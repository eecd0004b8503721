import type { Call, ChatCall, Retrieved } from "../domain/chat.ts";
import type { Checked } from "../domain/guard.ts";
import type { Plan } from "../domain/target.ts";
import type { Admitted } from "./admitted.ts";

/** A call that is admitted, checked, grounded and planned. */
export type Trying = {
  readonly call: Call;
  /** As own hardware gets it. */
  readonly chat: ChatCall;
  readonly checked: Checked;
  readonly plan: Plan;
  readonly inputBytes: number;
  readonly admitted: Admitted;
  readonly retrieved: Retrieved | undefined;
};
