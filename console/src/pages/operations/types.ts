import type { DeadJob, OperationsView } from "../../../../src/contract/operations.ts";

export type { DeadJob, OperationsView };
export type Objective = OperationsView["objectives"][number];
export type Live = OperationsView["live"];
