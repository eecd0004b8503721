export { createVllmWatch, whyUnread } from "./watch.ts";
export type { MetricsSource, VllmReading, VllmWatch } from "./watch.ts";
export { readMetrics } from "./metrics-text.ts";
export { metricsUrlOf } from "./metrics-url.ts";
