import { publicEndpoint, type Endpoint } from "./endpoint.ts";

export type HealthDeps = {
  /** Each part's state: true, or the code of what is wrong. */
  ready(): Promise<Readonly<Record<string, true | string>>>;
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
};

/** For operators and their probes. They tell states, counts and nothing of any tenant. */
export function health(deps: HealthDeps): Endpoint[] {
  return [
    publicEndpoint("GET", "/healthz", () => Response.json({ status: "ok" })),
    publicEndpoint("GET", "/readyz", async () => {
      const parts = await deps.ready();
      const ok = Object.values(parts).every((state) => state === true);
      return Response.json({ status: ok ? "ready" : "not ready", parts }, { status: ok ? 200 : 503 });
    }),
    publicEndpoint("GET", "/metrics", async () => {
      const { contentType, body } = await deps.expose();
      return new Response(body, { headers: { "content-type": contentType } });
    }),
  ];
}
