import { z } from "zod";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

const label = z.enum(["false-positive", "correct"]);
const moment = z.iso.datetime({ offset: true });

/** A prompt of 100,000 characters is a long document: whoever reports one sends the part that matters. */
const TEXT_CHARS_MAX = 100_000;
const NOTE_CHARS_MAX = 2000;
export const reportCreate = z.strictObject({
  requestId: z.string().max(64),
  text: z.string().min(1).max(TEXT_CHARS_MAX).optional().describe("What was refused, where you want the platform's admin to see it."),
  note: z.string().min(1).max(NOTE_CHARS_MAX).optional(),
});
export const reportLabel = z.strictObject({ label });
export const reportQuery = z.strictObject({
  tenant: z.string().optional(),
  label: label.or(z.literal("open")).optional(),
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

export const reported = z.object({
  requestId: z.string(),
  reportedAt: moment,
  keepUntil: moment.describe("Then the report is deleted, with what was sent with it."),
});
export const report = reported.extend({
  tenant: z.string(),
  key: z.string(),
  code: z.string(),
  saw: z.string().describe("The classifier's own words, never the text."),
  refusedAt: moment,
  hasText: z.boolean(),
  label: label.nullable(),
  labelledAt: moment.nullable(),
});
export const reportRead = report.extend({ text: z.string().nullable(), note: z.string().nullable() });
export const reportPage = z.object({ data: z.array(report), nextCursor: z.string().nullable() });
export type ReportView = z.output<typeof report>;
export type ReportSentView = z.output<typeof reportRead>;
export type ReportCreate = z.output<typeof reportCreate>;
export type ReportQuery = z.output<typeof reportQuery>;
