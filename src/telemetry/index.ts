export { createLog, describeError, silentLog } from "./log.ts";
export type { Log, LogFields } from "./log.ts";
export { createMetrics } from "./metrics.ts";
export type { Gauges, Metrics } from "./metrics.ts";
