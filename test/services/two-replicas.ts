import { randomBytes } from "node:crypto";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { startPostgres } from "../../tools/suite/postgres.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream } from "../upstream/index.ts";

export type TwoReplicas = {
  readonly replicas: readonly [TestWeir, TestWeir];
  /** Its tokens may have the one role. */
  readonly issuer: TestIssuer;
  close(): Promise<void>;
};

/** Two servers of one PostgreSQL, before one upstream. `yamlOf` makes their weir.yaml of the one with the model `m`. */
export async function startTwoReplicas(role: string, yamlOf: (oneModelYaml: string) => string): Promise<TwoReplicas> {
  const started: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    started.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    const errors: unknown[] = [];
    for (let part = started.pop(); part !== undefined; part = started.pop()) await part.close().catch((error) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, "not everything closed");
  };
  try {
    const postgres = keep(await startPostgres());
    const upstream = keep(await createFakeUpstream());
    const issuer = keep(await startIssuer(Date.now));
    const env = { DATABASE_URL: postgres.url, WEIR_SECRET: randomBytes(32).toString("hex") };
    const auth = `auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { ${role}: ${role} } }] }`;
    const yaml = `${yamlOf(oneModel(upstream.openaiBaseUrl))}\n${auth}\n`;
    const replicas = [keep(await startWeir({ yaml, env })), keep(await startWeir({ yaml, env }))] as const;
    return { replicas, issuer, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}
