import * as admin from "../contract/admin.ts";
import * as directoryAnswer from "../contract/directory.ts";
import * as adminAnswer from "../contract/answer-admin.ts";
import * as identityAnswer from "../contract/answer-identity.ts";
import * as callAnswer from "../contract/answer-call.ts";
import * as knowledgeAnswer from "../contract/answer-knowledge.ts";
import * as erasureContract from "../contract/erasure.ts";
import { chatCompletionRequest } from "../contract/chat-completions.ts";
import { embeddingAct, embeddingState } from "../contract/embedding-anew.ts";
import { embeddingRequest } from "../contract/embeddings.ts";
import { moderationAnswer, moderationRequest } from "../contract/moderations.ts";
import { rerankAnswer, rerankRequest } from "../contract/rerank.ts";
import { progressEvent, progressQuery } from "../contract/knowledge-progress.ts";
import * as knowledge from "../contract/knowledge.ts";
import * as policy from "../contract/policy.ts";
import { usageQuery } from "../contract/usage-series.ts";
import type { Endpoint } from "./endpoint.ts";
import { noteOf, type RouteNote } from "./route-note.ts";

/** Schemas that have a name in the description: the others stand where they are used. */
export const SCHEMAS = {
  Error: callAnswer.errorBody,
  Weir: callAnswer.weirAnswer,
  ChatCompletionRequest: chatCompletionRequest,
  ChatCompletion: callAnswer.chatCompletion,
  ChatCompletionChunk: callAnswer.chatCompletionChunk,
  EmbeddingRequest: embeddingRequest,
  EmbeddingList: callAnswer.embeddingAnswer,
  RerankRequest: rerankRequest,
  RerankAnswer: rerankAnswer,
  ModerationRequest: moderationRequest,
  Moderation: moderationAnswer,
  Model: callAnswer.model,
  ModelList: callAnswer.modelList,
  FileForm: knowledgeAnswer.fileForm,
  File: knowledgeAnswer.file,
  FileList: knowledgeAnswer.fileList,
  Deleted: knowledgeAnswer.deleted,
  VectorStoreCreate: knowledge.vectorStoreCreate,
  VectorStore: knowledgeAnswer.vectorStore,
  VectorStoreList: knowledgeAnswer.vectorStoreList,
  VectorStoreFileCreate: knowledge.vectorStoreFileCreate,
  VectorStoreFile: knowledgeAnswer.vectorStoreFile,
  VectorStoreFileList: knowledgeAnswer.vectorStoreFileList,
  QuarantinedChunkList: knowledgeAnswer.quarantineList,
  EmbeddingAct: embeddingAct,
  EmbeddingState: embeddingState,
  VectorStoreSearch: knowledge.vectorStoreSearch,
  SearchPage: knowledgeAnswer.searchPage,
  TenantCreate: admin.tenantCreate,
  TenantPatch: admin.tenantPatch,
  Tenant: adminAnswer.tenant,
  TenantPage: directoryAnswer.tenantList,
  KeyCreate: admin.keyCreate,
  Key: adminAnswer.key,
  KeyMade: adminAnswer.keyMade,
  KeyPage: directoryAnswer.keyList,
  Job: adminAnswer.job,
  HoldSet: erasureContract.holdSet,
  Hold: erasureContract.hold,
  Erasure: erasureContract.erasure,
  ErasureDetail: erasureContract.erasureDetail,
  ErasurePage: erasureContract.erasurePage,
  KeyRotate: admin.keyRotate,
  KeyRotated: identityAnswer.keyRotated,
  PromptCreate: admin.promptCreate,
  PromptRelease: admin.promptRelease,
  Prompt: identityAnswer.prompt,
  PromptPage: identityAnswer.promptPage,
  PolicyCreate: policy.policyCreate,
  PolicyRelease: policy.policyRelease,
  Policy: policy.policy,
  PolicyPage: policy.policyPage,
  DecisionPage: identityAnswer.decisionPage,
  UsagePage: adminAnswer.usagePage,
  AuditPage: adminAnswer.auditPage,
  AuditVerify: admin.auditVerify,
  AuditVerdict: adminAnswer.auditVerdict,
  Receipt: adminAnswer.receipt,
  Reloaded: adminAnswer.reloaded,
  Alive: adminAnswer.alive,
  Ready: adminAnswer.ready,
};

const STORE_FAULT = ["collection_unknown"] as const;
const BYTES = "application/octet-stream";

/** By method and pattern. An endpoint that carries its own note (`noted`) is not looked up here. */
const NOTES: Readonly<Record<string, RouteNote>> = {
  "POST /v1/chat/completions": {
    summary: "Answer a conversation",
    description:
      "OpenAI's chat completions. With `stream` the answer is server-sent events, and the last one before `[DONE]` holds `weir`. Fields that Weir does not know go to OpenAI-compatible models.",
    body: chatCompletionRequest,
    answer: callAnswer.chatCompletion,
    event: callAnswer.chatCompletionChunk,
    faults: ["collection_unknown", "retrieval_failed"],
  },
  "POST /v1/embeddings": {
    summary: "Turn texts into vectors",
    description:
      "OpenAI's embeddings, over the same rates, budgets, eligibility and record as a chat. Vectors of different models do not compare, so a call moves on only to where the same upstream model is served.",
    body: embeddingRequest,
    answer: callAnswer.embeddingAnswer,
  },
  "GET /v1/models": { summary: "Models that the key may use", answer: callAnswer.modelList },
  "GET /v1/models/:model{.+}": { summary: "One model", answer: callAnswer.model, faults: ["model_unknown"] },
  "POST /v1/files": {
    summary: "Upload a document",
    body: knowledgeAnswer.fileForm,
    bodyType: "multipart/form-data",
    answer: knowledgeAnswer.file,
  },
  "GET /v1/files": { summary: "Documents of the tenant", query: knowledge.openaiPage, answer: knowledgeAnswer.fileList },
  "GET /v1/files/:id": { summary: "One document", answer: knowledgeAnswer.file },
  "GET /v1/files/:id/content": { summary: "A document's bytes, as they were uploaded", answerType: BYTES },
  "DELETE /v1/files/:id": { summary: "Delete a document and what was made of it", answer: knowledgeAnswer.deleted },
  "POST /v1/vector_stores": {
    summary: "Make a collection",
    body: knowledge.vectorStoreCreate,
    answer: knowledgeAnswer.vectorStore,
    faults: ["conflict", "not_found"],
  },
  "GET /v1/vector_stores": {
    summary: "Collections of the tenant",
    query: knowledge.vectorStorePage,
    answer: knowledgeAnswer.vectorStoreList,
  },
  "POST /v1/vector_stores/:store": {
    summary: "Change a collection",
    description: "What is left out stays. In `weir`, null takes a choice back.",
    body: knowledge.vectorStoreUpdate,
    answer: knowledgeAnswer.vectorStore,
    faults: ["conflict", ...STORE_FAULT],
  },
  "GET /v1/vector_stores/:store": { summary: "One collection, by id or name", answer: knowledgeAnswer.vectorStore, faults: STORE_FAULT },
  "DELETE /v1/vector_stores/:store": { summary: "Delete a collection", answer: knowledgeAnswer.deleted, faults: STORE_FAULT },
  "POST /v1/vector_stores/:store/files": {
    summary: "Put a document into a collection",
    description: "It is parsed, cut into chunks and indexed in the background: `in_progress`, then `completed` or `failed`.",
    body: knowledge.vectorStoreFileCreate,
    answer: knowledgeAnswer.vectorStoreFile,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/files": {
    summary: "Documents of a collection",
    query: knowledge.vectorStoreFilePage,
    answer: knowledgeAnswer.vectorStoreFileList,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/files/:file": {
    summary: "How far a document's indexing is",
    answer: knowledgeAnswer.vectorStoreFile,
    faults: STORE_FAULT,
  },
  "POST /v1/vector_stores/:store/files/:file": {
    summary: "Change a document's attributes",
    description: "They take the place of the ones before, and hold for every search that begins after the answer.",
    body: knowledge.vectorStoreFileUpdate,
    answer: knowledgeAnswer.vectorStoreFile,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/files/:file/content": {
    summary: "The text that a document was indexed as",
    query: knowledge.contentPage,
    answer: knowledgeAnswer.fileContentPage,
    faults: STORE_FAULT,
  },
  "POST /v1/vector_stores/:store/file_batches": {
    summary: "Put many documents into a collection",
    description: "They are indexed after the answer. One that is not there, or whose attributes cannot be read, refuses all of them.",
    body: knowledge.fileBatchCreate,
    answer: knowledgeAnswer.fileBatch,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/file_batches/:batch": {
    summary: "How far a batch is",
    answer: knowledgeAnswer.fileBatch,
    faults: STORE_FAULT,
  },
  "POST /v1/vector_stores/:store/file_batches/:batch/cancel": {
    summary: "Index no more of a batch",
    description: "What is indexed already stays.",
    answer: knowledgeAnswer.fileBatch,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/file_batches/:batch/files": {
    summary: "Documents of a batch",
    query: knowledge.openaiPage,
    answer: knowledgeAnswer.vectorStoreFileList,
    faults: STORE_FAULT,
  },
  "POST /v1/vector_stores/:store/files/:file/retry": {
    summary: "Try a file again that failed",
    description: "As it was put in. Up to 1 MB it is done before the answer.",
    answer: knowledgeAnswer.vectorStoreFile,
    faults: ["conflict", ...STORE_FAULT],
  },
  "GET /v1/vector_stores/:store/events": {
    summary: "How the files of a collection come along",
    description:
      "Server-sent events: where the collection and what is on its way stand, then what changes. The header `Last-Event-ID` brings what was missed; what was just said may come again.",
    query: progressQuery,
    event: progressEvent,
    faults: ["busy", ...STORE_FAULT],
  },
  "DELETE /v1/vector_stores/:store/files/:file": {
    summary: "Take a document out of a collection",
    answer: knowledgeAnswer.deleted,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/quarantine": {
    summary: "Chunks of a collection that look like attacks or like no text, and that no search finds",
    query: knowledge.quarantinePage,
    answer: knowledgeAnswer.quarantineList,
    faults: STORE_FAULT,
  },
  "POST /v1/vector_stores/:store/quarantine/:chunk/release": {
    summary: "Let a chunk be found",
    description: "From then on searches find it and no call withholds it. Entered into the audit log.",
    answer: knowledgeAnswer.chunkReleased,
    faults: STORE_FAULT,
  },
  "DELETE /v1/vector_stores/:store/quarantine/:chunk": {
    summary: "Delete a chunk for good",
    description: "The rest of its file stays. Entered into the audit log.",
    answer: knowledgeAnswer.deleted,
    faults: STORE_FAULT,
  },
  "GET /v1/vector_stores/:store/embedding": {
    summary: "The models that a collection is embedded with",
    answer: embeddingState,
    faults: STORE_FAULT,
  },
  "POST /v1/vector_stores/:store/embedding": {
    summary: "Embed a collection with another model while it serves",
    description: "Step by step: start, compare, shift, finish; or rollback. Entered into the audit log.",
    body: embeddingAct,
    answer: embeddingState,
    faults: ["conflict", "model_unknown", ...STORE_FAULT],
  },
  "POST /v1/vector_stores/:store/search": {
    summary: "Search a collection",
    body: knowledge.vectorStoreSearch,
    answer: knowledgeAnswer.searchPage,
    faults: STORE_FAULT,
  },
  "GET /v1/receipts/:id": { summary: "The signed record of one call", answer: adminAnswer.receipt },
  "POST /admin/v1/tenants": {
    summary: "Make a tenant",
    body: admin.tenantCreate,
    status: 201,
    answer: adminAnswer.tenant,
    faults: ["conflict"],
  },
  "GET /admin/v1/tenants/:slug": { summary: "One tenant", answer: adminAnswer.tenant },
  "PATCH /admin/v1/tenants/:slug": {
    summary: "Change a tenant",
    description: "What is left out stays; null takes a setting back.",
    body: admin.tenantPatch,
    answer: adminAnswer.tenant,
  },
  "POST /admin/v1/tenants/:slug/keys": {
    summary: "Make a key",
    description: "No key can be stronger than its maker's.",
    body: admin.keyCreate,
    status: 201,
    answer: adminAnswer.keyMade,
  },
  "PATCH /admin/v1/tenants/:slug/keys/:id": {
    summary: "Change what a key's holder may find of the tenant's documents",
    description: "What is left out stays; null takes it back. It counts for the next call.",
    body: admin.keyPatch,
    answer: adminAnswer.key,
  },
  "DELETE /admin/v1/tenants/:slug/keys/:id": { summary: "Revoke a key", answer: adminAnswer.key },
  "POST /admin/v1/tenants/:slug/keys/:id/rotate": {
    summary: "Change a key for a new one",
    description: "The new one may what the old one may. The old one works for `overlapSeconds` more.",
    body: admin.keyRotate,
    status: 201,
    answer: identityAnswer.keyRotated,
    faults: ["conflict"],
  },
  "POST /admin/v1/prompts": {
    summary: "Write a new version of a prompt, in staging",
    description: "Calls do not get it until it is in production. A prompter writes only prompts of their own.",
    body: admin.promptCreate,
    status: 201,
    answer: identityAnswer.prompt,
    faults: ["conflict"],
  },
  "GET /admin/v1/prompts": { summary: "Versions of a tenant's prompts", query: admin.promptQuery, answer: identityAnswer.promptPage },
  "GET /admin/v1/prompts/:id": { summary: "One version of a prompt", query: admin.tenantQuery, answer: identityAnswer.prompt },
  "POST /admin/v1/prompts/:id/promote": {
    summary: "Ask for a version to go into production",
    body: admin.promptRelease,
    answer: identityAnswer.prompt,
    faults: ["conflict"],
  },
  "POST /admin/v1/prompts/:id/approve": {
    summary: "Take a version into production",
    description: "Another person than the one who asked for it. The prompt `system` is then the tenant's system prompt.",
    body: admin.promptRelease,
    answer: identityAnswer.prompt,
    faults: ["conflict"],
  },
  "POST /admin/v1/policies": {
    summary: "Write a new version of a policy, in staging",
    description:
      "Nothing follows it until it is in production. `tenant`: a tenant's settings; what is left out stays as it is now. `routes`: rules that go before those of weir.yaml, all of them.",
    body: policy.policyCreate,
    status: 201,
    answer: policy.policy,
    faults: ["conflict"],
  },
  "GET /admin/v1/policies": {
    summary: "Versions of a tenant's policies, or of the platform's own",
    query: policy.policyQuery,
    answer: policy.policyPage,
  },
  "GET /admin/v1/policies/:id": {
    summary: "One version of a policy, and what it would change",
    query: admin.tenantQuery,
    answer: policy.policy,
    faults: ["conflict"],
  },
  "POST /admin/v1/policies/:id/promote": {
    summary: "Ask for a version to go into production",
    body: policy.policyRelease,
    answer: policy.policy,
    faults: ["conflict"],
  },
  "POST /admin/v1/policies/:id/approve": {
    summary: "Take a version into production, where it counts at once",
    description: "Another person than the one who asked for it.",
    body: policy.policyRelease,
    answer: policy.policy,
    faults: ["conflict"],
  },
  "GET /admin/v1/usage": {
    summary: "Calls, tokens and cost",
    description: "Newest first. A tenant's own key sees its own tenant.",
    query: usageQuery,
    answer: adminAnswer.usagePage,
  },
  "GET /admin/v1/audit": {
    summary: "A tenant's audit trail, filtered",
    description:
      "Oldest first unless `order` is `desc`. A page may be short while there is a next one: one look reads 10,000 entries at most. Calls, unless `category` names other decisions. Of these, the platform's admin gets what belongs to no tenant by naming none.",
    query: admin.auditQuery,
    answer: identityAnswer.anyAuditPage,
  },
  "POST /admin/v1/audit/verify": {
    summary: "Read a tenant's audit trail again, and say whether it is whole",
    body: admin.auditVerify,
    answer: adminAnswer.auditVerdict,
  },
  "POST /admin/v1/backup": {
    summary: "Write a backup of everything, keys included, while calls go on",
    query: admin.backupQuery,
    answerType: BYTES,
  },
  "POST /admin/v1/config/reload": {
    summary: "Read the configuration again",
    description: "A wrong one is refused, and the one before stays.",
    answer: adminAnswer.reloaded,
    faults: ["conflict"],
  },
  "GET /healthz": { summary: "The process runs", answer: adminAnswer.alive },
  "GET /readyz": { summary: "It can take calls", answer: adminAnswer.ready, also: { 503: "It cannot: `parts` says why." } },
  "GET /metrics": { summary: "Metrics in Prometheus' text format", answerType: "text/plain" },
};

export const findNote = (endpoint: Endpoint): RouteNote | undefined => noteOf(endpoint) ?? NOTES[`${endpoint.method} ${endpoint.path}`];
/** Notes of addresses that no endpoint has: a test finds them. */
export const NOTED_ROUTES: readonly string[] = Object.keys(NOTES);
