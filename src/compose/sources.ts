import { join } from "node:path";
import type { SourceConfig } from "../config/index.ts";
import {
  createSources,
  type ConfiguredSource,
  type Connector,
  type Ingest,
  type IngestDeps,
  type SourceSpec,
  type Sources,
} from "../ingest/index.ts";
import { createFolderConnector, createGitConnector, createS3Connector } from "../ingest/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { S3Deps } from "../object/index.ts";
import type { Jobs } from "../queue/index.ts";
import type { Database } from "../store/index.ts";
import { findTenantBySlug } from "../store/tenants.ts";
import { describeError, type Log } from "../telemetry/index.ts";

export type SourcePartsDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Jobs;
  readonly ingest: Ingest;
  readonly wait: IngestDeps["wait"];
  readonly s3: S3Deps;
  readonly dataDir: string;
};

/** Connectors as the configuration has them: what they bring goes the way of every upload. */
export function composeSources(deps: SourcePartsDeps, configs: readonly SourceConfig[]): Sources {
  const { db, clock, log, jobs, ingest } = deps;
  return createSources(
    {
      db,
      clock,
      jobs,
      wait: deps.wait,
      createFile: ingest.createFile,
      addFileToCollection: ingest.addFileToCollection,
      deleteFile: ingest.deleteFile,
      findTenant: async (slug) => (await findTenantBySlug(db, slug))?.id,
      async openCollection(tenantId, name) {
        try {
          return (await ingest.getCollection(tenantId, name)).id;
        } catch (error) {
          if (!(error instanceof Fault) || error.code !== "collection_unknown") throw error;
          return (await ingest.createCollection(tenantId, { name })).id;
        }
      },
      onError: (name, error) => log.error("a source could not be looked at", { name, ...describeError(error) }),
    },
    toConfigured(deps, configs),
  );
}

export const toConfigured = (
  deps: Pick<SourcePartsDeps, "s3" | "dataDir">,
  configs: readonly SourceConfig[],
): readonly ConfiguredSource[] => configs.map((config) => ({ spec: toSpec(config), connector: toConnector(config, deps) }));

function toSpec(config: SourceConfig): SourceSpec {
  const place =
    config.kind === "folder"
      ? config.path
      : config.kind === "git"
        ? `${config.url} ${config.branch} ${config.folder}`
        : `${config.endpoint} ${config.bucket} ${config.prefix}`;
  const { name, kind, tenant, collection, schedule, include, exclude, fileBytesMax, attributes, allowEmpty } = config;
  return { name, kind, tenant, collection, schedule, include, exclude, fileBytesMax, attributes, allowEmpty, place };
}

function toConnector(config: SourceConfig, { s3, dataDir }: Pick<SourcePartsDeps, "s3" | "dataDir">): Connector {
  switch (config.kind) {
    case "folder":
      return createFolderConnector(config);
    case "s3":
      return createS3Connector(s3, config);
    case "git":
      return createGitConnector({ ...config, mirror: join(dataDir, "sources", config.name) });
  }
}
