import type { PolicyCheckAdmin, PolicyNotice } from "../admin/index.ts";
import { policyCheck, policyCheckRequest, type PolicyCheck } from "../contract/policy-check.ts";
import { POLICY_BODIES } from "../contract/policy.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { listIssues } from "./body-issues.ts";
import { readJson } from "./body.ts";
import { platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

/** More are not read by anybody. */
const NOTICES_MAX = 100;

/** What is wrong with a draft of a policy, and what it would change, before it is written. */
export function policyChecks({ check }: PolicyCheckAdmin): Endpoint {
  const endpoint = platformEndpoint("POST", "/admin/v1/policies/check", "policies.write", async ({ request, who }) => {
    const { kind, tenant, body } = await readJson(request, policyCheckRequest, JSON_BODY_BYTES_MAX);
    const slug = who.kind === "admin" ? tenant : tenantNamed(who, tenant);
    const { problems, warnings, changes } = await check(slug, kind, body);
    const wrong = [...listIssues(body, POLICY_BODIES[kind]), ...problems];
    return Response.json({
      problems: wrong.slice(0, NOTICES_MAX).map(toWire),
      warnings: warnings.slice(0, NOTICES_MAX).map(toWire),
      ...(wrong.length > 0 || changes === undefined ? {} : { changes }),
    });
  });
  return noted(endpoint, {
    summary: "Check a policy without writing it",
    description:
      "Everything that is wrong with its body, each with its place in it, what is probably not meant, and what it would change now. Nothing is kept. A body for which `problems` is empty is taken by `POST /admin/v1/policies`.",
    body: policyCheckRequest,
    answer: policyCheck,
    faults: ["not_found"],
  });
}

const NEAR = /Did you mean "([^"]{1,200})"\?/;

function toWire({ path, message, offset }: PolicyNotice): PolicyCheck["problems"][number] {
  const near = NEAR.exec(message)?.[1];
  return {
    at: path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    message,
    ...(offset === undefined ? {} : { offset }),
    ...(near === undefined ? {} : { near }),
  };
}
