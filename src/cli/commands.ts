import { auditVerify } from "./audit.ts";
import { backup } from "./backup.ts";
import { chat } from "./chat.ts";
import { consoleLink } from "./console-link.ts";
import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { embeddingCompare, embeddingFinish, embeddingRollback, embeddingShift, embeddingStart, embeddingStatus } from "./embedding.ts";
import { evalChunking } from "./eval-chunking.ts";
import { evalFusion } from "./eval-fusion.ts";
import { evalRetrieval } from "./eval-retrieval.ts";
import { explain } from "./explain.ts";
import { guardLabel, guardReports } from "./guard-reports.ts";
import { ingest } from "./ingest.ts";
import { keyCreate, keyList, keyRevoke, keyRotate } from "./key.ts";
import { keyResume, keySuspend } from "./key-suspend.ts";
import { modelsList, modelsPull } from "./models.ts";
import { move } from "./move.ts";
import { redteam } from "./redteam.ts";
import { restore } from "./restore.ts";
import { objectsPush, objectsRotateKeys } from "./objects.ts";
import { rolloutList, rolloutPromote, rolloutRollback, rolloutShow, rolloutStart } from "./rollout.ts";
import { serve } from "./serve.ts";
import { sourceList, sourceStatus, sourceSync } from "./source.ts";
import { subjectDelete } from "./subject.ts";
import { tenantCreate, tenantList, tenantRevoke } from "./tenant.ts";
import { usage } from "./usage.ts";

/** The command table, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serve,
  consoleLink,
  ingest,
  sourceList,
  sourceStatus,
  sourceSync,
  chat,
  tenantCreate,
  tenantList,
  tenantRevoke,
  subjectDelete,
  keyCreate,
  keyList,
  keyRotate,
  keyRevoke,
  keySuspend,
  keyResume,
  rolloutStart,
  rolloutList,
  rolloutShow,
  rolloutPromote,
  rolloutRollback,
  embeddingStart,
  embeddingStatus,
  embeddingCompare,
  embeddingShift,
  embeddingRollback,
  embeddingFinish,
  usage,
  explain,
  auditVerify,
  guardReports,
  guardLabel,
  modelsPull,
  modelsList,
  objectsRotateKeys,
  objectsPush,
  doctor,
  evalRetrieval,
  evalChunking,
  evalFusion,
  redteam,
  backup,
  restore,
  move,
];
