import { z } from "zod";

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "expected a date such as 2026-11-21, or a time such as 2026-11-21T08:30:00Z",
});

export const usagePanelQuery = z.strictObject({ tenant: z.string().optional(), from: moment.optional(), to: moment.optional() });
