import { z } from "zod";

const moment = z.iso.datetime({ offset: true }).or(z.iso.date());

export const usagePanelQuery = z.strictObject({ tenant: z.string().optional(), from: moment.optional(), to: moment.optional() });
