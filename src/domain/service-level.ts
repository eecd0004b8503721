/** What the whole server can give now. Each level down costs less and gives less. */
export const SERVICE_LEVELS = ["full", "reduced", "emergency"] as const;
export type ServiceLevel = (typeof SERVICE_LEVELS)[number];
