import { Fault } from "../kernel/fault.ts";

/** A detector that fails has found nothing out, so the call does not go on. */
export function closed<Found>(detect: (text: string) => Found): (text: string) => Found {
  return (text) => {
    try {
      return detect(text);
    } catch (error) {
      throw new Fault("guard_failed", {}, { cause: error });
    }
  };
}
