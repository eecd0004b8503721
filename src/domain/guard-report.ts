import type { FaultCode } from "../kernel/fault.ts";

/** Refusals that their caller may report as mistakes: a rule judged content, and may have misjudged it. */
const REPORTABLE: ReadonlySet<string> = new Set<FaultCode>(["injection_blocked", "personal_data_blocked", "output_blocked"]);

export const isReportable = (code: FaultCode): boolean => REPORTABLE.has(code);
/** Added to what the caller is told. */
export const HOW_TO_REPORT = "If this is a mistake, report it: POST /v1/guard/reports with this request's id.";
