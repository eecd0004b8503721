import type { DeadJob, ModelStatus, ModelTest, OperationsView, ProviderStatus } from "../../../../src/contract/operations.ts";

export type { DeadJob, ModelStatus, ModelTest, OperationsView, ProviderStatus };

/** What both are told alike. */
export type Seen = Pick<ModelStatus, "windows" | "series" | "errors">;
export type Switched = Pick<ModelStatus, "state" | "reason" | "changedBy" | "changedAt">;
export type Errors = Seen["errors"];
export type Minute = Seen["series"][number];

/** What counts in the table: long enough to see a trend, short enough to be about now. */
export const WINDOW_MINUTES = 15;
export const windowOf = ({ windows }: Pick<Seen, "windows">, minutes = WINDOW_MINUTES): Seen["windows"][number] | undefined =>
  windows.find((window) => window.minutes === minutes);
