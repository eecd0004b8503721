import type { ReportSentView, ReportView } from "../../../../src/contract/guard-report.ts";
import type { GuardDays, GuardEvent, GuardKeys, GuardSettings, GuardTried } from "../../../../src/contract/guard.ts";
import type { RedteamLine, RedteamRead } from "../../../../src/contract/redteam.ts";

export type { GuardDays, GuardEvent, GuardKeys, GuardSettings, GuardTried, RedteamLine, RedteamRead, ReportSentView, ReportView };

export type SettingName = GuardSettings["settings"][number]["name"];
export type SettingValue = GuardSettings["settings"][number]["value"];
export type Finding = GuardTried["findings"][number];
export type Outcome = GuardTried["outcomes"][number];
