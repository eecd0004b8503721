import { z } from "zod";

export const promptsSchema = z
  .strictObject({
    folder: z.string().min(1).optional().meta({
      description:
        "Folder of `*.md` files, each a prompt that `prompt: NAME` or `prompt: NAME@HASH` stands for in the admin API (docs/rollouts.md). Relative to this file.",
    }),
  })
  .prefault({})
  .meta({ description: "Prompts that live in Git as files." });
