import { z } from "zod";

const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$|^https?:\/\/[^/?#@\s]+$/;
const isOrigin = (url: string): boolean => /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(url);

/** Where `weir models pull` may fetch from. The server itself fetches nothing. */
export const downloadsSchema = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .max(4096)
      .default("./models")
      .meta({ description: "Folder that `weir models pull` writes to, relative to this file." }),
    hub: z
      .string()
      .max(2048)
      .refine(isOrigin, { error: "expected an address such as https://huggingface.co" })
      .default("https://huggingface.co")
      .meta({ description: "Address that `hf:USER/REPOSITORY/FILE.gguf` stands for: Hugging Face's, or a mirror's with the same paths." }),
    hosts: z
      .array(
        z
          .string()
          .max(255)
          .regex(HOST)
          .meta({ why: "an entry is a host (`example.com`, `*.example.com`; https only) or an address without a path" }),
      )
      .max(100)
      .default(["huggingface.co", "*.huggingface.co", "*.hf.co"])
      .meta({
        description:
          "Further hosts that `weir models pull` may fetch from, and be redirected to. A host stands for https; `http://HOST:PORT` must be written out.",
      }),
  })
  .prefault({})
  .meta({ description: "Fetching models: `weir models pull`." });
