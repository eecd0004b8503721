import { z } from "zod";
import { whole } from "./number-schema.ts";

const colour = (theme: string) =>
  z
    .string()
    .regex(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)
    .optional()
    .meta({
      description: `Of buttons and links in the ${theme} theme.`,
      why: "a colour is # and 3 or 6 hexadecimal digits, such as #1f6feb",
    });

export const consoleSchema = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: "`false`: the server answers at no address under `/console`." }),
    name: z.string().min(1).max(60).default("Weir").meta({ description: "What it is called: in its title and on the page to sign in." }),
    logo: z.string().min(1).max(4096).optional().meta({
      description:
        "Path of a picture, relative to this file: `.svg`, `.png` or `.webp`, at most 256 kB. The server gives it out at `/console/logo`.",
    }),
    accent: z
      .strictObject({ light: colour("light"), dark: colour("dark") })
      .prefault({})
      .meta({ description: "Its colour. Texts on it are black or white, whichever reads better." }),
    links: z
      .array(
        z.strictObject({
          label: z.string().min(1).max(60).meta({ description: "What stands there." }),
          url: z
            .string()
            .min(1)
            .max(2048)
            .meta({ description: "`https://`, or `mailto:`.", examples: ["https://wiki.example.com/ai"] }),
        }),
      )
      .max(10)
      .default([])
      .meta({ description: "Links of yours in its menu: rules of the house, whom to ask." }),
    sessionHours: whole({
      min: 1,
      max: 168,
      unit: "hours",
      why: "a week is the longest that a browser should stay signed in",
      description: "How long a browser stays signed in, whatever it does. After an hour without use it has to sign in again, too.",
    }).default(8),
    url: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .meta({
        description:
          "Where browsers reach the server, where something stands before it that ends TLS. It decides whether cookies are `Secure`, and where an issuer sends people back to.",
        examples: ["https://weir.example.com"],
      }),
  })
  .prefault({})
  .meta({ description: "The web console at `/console` (docs/console.md)." });
