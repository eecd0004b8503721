import { z } from "zod";
import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";

const tenantId = z.string().refine(tenantIds.is);
const collectionId = z.string().refine(collectionIds.is);
const fileId = z.string().refine(fileIds.is);

/** What a kind of job is. Times in seconds, as pg-boss counts. */
type Kind<Payload> = {
  readonly payload: z.ZodType<Payload>;
  /** Two jobs of one key are one. */
  readonly keyOf: (payload: Payload) => string;
  /** Whose it is: nobody takes all the places. */
  readonly groupOf: (payload: Payload) => string;
  /** Run at once by one process; of one group. */
  readonly atOnce: number;
  readonly atOncePerGroup: number;
  /** Further tries after a body that threw; the first after `retryDelaySeconds`, each later one after twice as long. */
  readonly retries: number;
  readonly retryDelaySeconds: number;
  /** A body that takes longer is taken for lost. */
  readonly expireSeconds: number;
};

const kind = <Payload>(made: Kind<Payload>): Kind<Payload> => made;

/** Of a process that has died. pg-boss allows no less than 10. */
export const HEARTBEAT_SECONDS = 30;

/** Every kind of job there is. */
export const JOBS = {
  /** A file of a collection on its way into the index. Each takes a core while it is read; two of a tenant leave room for others'. */
  "index-file": kind({
    payload: z.object({ tenantId, collectionId, fileId }),
    keyOf: (of) => `${of.tenantId} ${of.collectionId} ${of.fileId}`,
    groupOf: (of) => of.tenantId,
    atOnce: 3,
    atOncePerGroup: 2,
    retries: 5,
    retryDelaySeconds: 5,
    expireSeconds: 3600,
  }),
  /** A collection's vectors: documents that miss theirs, a generation that is built beside another, the approximate index. */
  "embed-collection": kind({
    payload: z.object({ tenantId, collectionId }),
    keyOf: (of) => `${of.tenantId} ${of.collectionId}`,
    groupOf: (of) => of.tenantId,
    atOnce: 2,
    atOncePerGroup: 1,
    retries: 10,
    retryDelaySeconds: 10,
    expireSeconds: 82_800,
  }),
  /** A connector looks at its place and brings what changed. One run of a connector at a time. */
  "sync-source": kind({
    payload: z.object({ name: z.string().min(1) }),
    keyOf: (of) => of.name,
    groupOf: (of) => of.name,
    atOnce: 2,
    atOncePerGroup: 1,
    retries: 3,
    retryDelaySeconds: 30,
    expireSeconds: 82_800,
  }),
} as const;

export type JobName = keyof typeof JOBS;
export type JobPayload = { readonly [Name in JobName]: z.infer<(typeof JOBS)[Name]["payload"]> };
