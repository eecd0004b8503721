import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Fetch } from "../kernel/outbound.ts";
import { checkDatabase } from "./check-database.ts";
import { checkEmbedding } from "./check-embedding.ts";
import { checkFolder } from "./check-folder.ts";
import { checkObjects } from "./check-objects.ts";
import { checkCertificate, checkProviders } from "./check-providers.ts";
import { checkQdrant } from "./check-qdrant.ts";
import { problem, type Finding } from "./finding.ts";

export type DoctorDeps = {
  readonly clock: Clock;
  readonly pid: number;
  /** Reaches the operator's services. */
  readonly fetch: Fetch;
};

/** Everything that a server made from this configuration would need, one finding each. Nothing is changed; one object is written to the object store and deleted. */
export async function* examine(deps: DoctorDeps, config: Config): AsyncGenerator<Finding> {
  yield* await safely("data folder", checkFolder(config));
  yield* await safely("database", checkDatabase(deps, config));
  yield* await safely("object store", checkObjects(deps, config));
  yield* await safely("vectors", checkQdrant(config));
  yield* await safely("providers", checkProviders(deps.clock, config));
  yield* checkEmbedding(config);
  yield* checkCertificate(deps.clock, config);
}

/** A check that fails in a way that nobody foresaw is a finding too. */
async function safely(about: string, check: Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check;
  } catch (error) {
    return [problem(about, `could not be looked at (${error instanceof Error ? error.message : "unknown"})`)];
  }
}
