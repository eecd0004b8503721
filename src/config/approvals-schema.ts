import { z } from "zod";

const rule = (description: string) => z.enum(["direct", "required"]).default("direct").meta({ description });

export const approvalsSchema = z
  .strictObject({
    policies: rule(
      "`required`: `PATCH /admin/v1/tenants/{slug}` refuses what loosens a tenant's policy (more models, a higher limit, more content kept, another region or tier); `POST /admin/v1/policies` and a second person take it into production. What tightens goes through at once.",
    ),
    prompts: rule("`required`: `PATCH /admin/v1/tenants/{slug}` refuses `systemPrompt`; `POST /admin/v1/prompts` takes its place."),
  })
  .prefault({})
  .meta({ description: "What may reach production only by two persons (docs/identity.md). `direct`: one may, where their role allows." });
