import { toIso } from "../../kernel/clock.ts";
import { sha256Hex } from "../../kernel/hash.ts";
import type { AuditVerdict, DecisionVerdict, Signer } from "../../record/index.ts";
import type { ErasedPages } from "../../store/erased-pages.ts";
import type { ErasurePart } from "../../store/erasure-parts.ts";
import type { ErasureJob, SignedCertificate } from "../../store/erasures.ts";

export type StoreLine = {
  readonly store: string;
  readonly before: number;
  readonly deleted: number;
  /** By the second pass. */
  readonly after: number;
  /** What remains by design. */
  readonly kept?: { readonly count: number; readonly what: string } | undefined;
};

export type CertificateFacts = {
  readonly job: ErasureJob;
  readonly finishedAtMs: number;
  /** Of a subject's records; whose it was, nobody can tell any more. */
  readonly digests: readonly string[] | undefined;
  readonly stores: readonly StoreLine[];
  readonly processes: readonly ErasurePart[];
  readonly chains: { readonly calls: AuditVerdict; readonly decisions: DecisionVerdict };
  readonly pages: ErasedPages | undefined;
};

/** What this program does not reach, and what to do about it. */
const OUTSIDE: readonly { readonly what: string; readonly todo: string }[] = [
  {
    what: "backups (weir backup), dumps and archived logs of the database, copies of the data folder",
    todo: "Delete those of before this certificate, or let them expire; after restoring one, ask for the erasure again.",
  },
  {
    what: "the embedded database as it was before the last upgrade or move (postgres.before-…, postgres.moved-… in the data folder)",
    todo: "Delete it once the new version has proved itself.",
  },
  {
    what: "earlier versions of objects, where the bucket keeps them",
    todo: "Let a rule of the bucket delete versions that are not current. Without their data keys, which are deleted, those objects cannot be read; delete versions of the data keys first.",
  },
  {
    what: "audit checkpoints, and receipts that callers were given",
    todo: "Nothing: they hold ids and hashes, and prove what the chains were.",
  },
  {
    what: "the server's own log, traces and metrics at whoever collects them",
    todo: "Nothing by this program's doing: they carry ids, counts and codes. They go by their own retention.",
  },
  { what: "what providers keep of the calls that they answered", todo: "Ask them, as the contract with them says." },
];

const SERVER_PAGES =
  "bytes of deleted rows stay in free space and in the write-ahead log until the server uses them again: VACUUM FULL in a quiet hour, and the log's archive by its retention";

/** The certificate as text, and its signature: Ed25519 over the SHA-256 of the text, by a key of its own purpose. */
export function toCertificate(signer: Signer, facts: CertificateFacts): SignedCertificate {
  const { job, pages } = facts;
  const body = JSON.stringify({
    v: 1,
    jobId: job.id,
    what: job.kind,
    tenantId: job.tenantId,
    digests: facts.digests,
    askedAt: toIso(job.askedAtMs),
    askedBy: job.askedBy,
    finishedAt: toIso(facts.finishedAtMs),
    round: job.round,
    replaces: job.certificate?.hash,
    stores: facts.stores,
    processes: facts.processes,
    chains: facts.chains,
    pages: pages === undefined || pages.logReplaced ? pages : { ...pages, note: SERVER_PAGES },
    outside: OUTSIDE,
  });
  const hash = sha256Hex(body);
  return { body, hash, signature: signer.sign(hash), publicKey: signer.publicKey, keyId: signer.keyId };
}
