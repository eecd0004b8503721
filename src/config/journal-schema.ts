import { z } from "zod";

export const journalSchema = z
  .strictObject({
    fsync: z.boolean().default(false).meta({
      description:
        "`true`: an answer's last byte waits until its record is on the disk, which survives a power cut and costs some milliseconds a call. `false`: a record survives the process, not the machine.",
    }),
  })
  .prefault({})
  .meta({ description: "The local log that every call is written to before it is answered." });
