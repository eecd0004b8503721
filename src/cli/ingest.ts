import { SUPPORTED } from "../domain/file-kind.ts";
import { type Api, listAllAfter } from "./api.ts";
import { type CliDeps, type Command, CommandError, EXIT } from "./command.ts";
import { type Document, findDocuments } from "./find-documents.ts";
import { type Earlier, ingestDocument, type Outcome, readEarlier } from "./ingest-document.ts";
import { retryFailed } from "./ingest-retry.ts";
import { watchIndex } from "./index-progress.ts";
import { createProgress } from "./progress.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { findText, textOf } from "./read.ts";
import { withTenant } from "./tenant-key.ts";
import { printable } from "./terminal.ts";

/** Uploads at once: enough to keep the server's parser busy, few enough that answers to others do not wait. */
const UPLOADS_AT_ONCE = 4;
/** Failures that are named at the end; the rest is counted. */
const FAILURES_SHOWN = 50;

export const ingest: Command = {
  name: "ingest",
  summary: "Puts documents into a collection, making it where it is missing. Folders are walked; what did not change stays as it is.",
  operands: "PATH…",
  operandsMin: 0,
  operandsMax: Number.POSITIVE_INFINITY,
  flags: {
    collection: { value: "NAME", description: "the collection" },
    "retry-failed": { value: undefined, description: "instead of PATH…: try every file of the collection again that has failed" },
    tenant: { value: "SLUG", description: "the tenant whose documents they are (else the only one)" },
    ...REACH_FLAGS,
  },
  examples: [
    "weir ingest docs/ policy.md --collection handbook --tenant acme",
    "weir ingest docs/ --collection handbook --url https://weir.example --key env:WEIR_KEY",
    "weir ingest --retry-failed --collection handbook",
  ],
  async run(args, deps) {
    const name = args.text("collection");
    if (name === undefined || name.trim() === "") throw new CommandError("--collection NAME is needed.", EXIT.usage);
    if (args.on("retry-failed") === args.operands.length > 0)
      throw new CommandError("Name what to ingest (PATH…), or --retry-failed and no PATH.", EXIT.usage);
    if (args.on("retry-failed"))
      return withServer(args, deps, (reached) => withTenant(reached, args, deps, (api) => retryFailed(api, name, deps)));
    const { documents, skipped } = await findDocuments(args.operands, deps.cwd);
    if (documents.length === 0)
      throw new CommandError(
        `There is nothing to ingest: no file of a kind that is read${skipped > 0 ? ` among ${String(skipped)}` : ""}. ${SUPPORTED}.`,
      );
    return withServer(args, deps, (reached) =>
      withTenant(reached, args, deps, (api) => ingestAll(api, { name, documents, skipped }, deps)),
    );
  },
};

type Wanted = { readonly name: string; readonly documents: readonly Document[]; readonly skipped: number };

async function ingestAll(api: Api, wanted: Wanted, deps: CliDeps): Promise<number> {
  const collectionId = await findOrCreateCollection(api, wanted.name);
  const earlier = await readEarlier(api, collectionId);
  const outcomes = await runAll(api, collectionId, earlier, wanted.documents, deps);
  for (const outcome of outcomes)
    if ("warning" in outcome && outcome.warning !== undefined)
      deps.terminal.err(`warning: ${printable(outcome.name)}: ${printable(outcome.warning)}\n`);
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  for (const failure of failed.slice(0, FAILURES_SHOWN))
    deps.terminal.err(`failed: ${printable(failure.name)}: ${printable(failure.reason)}\n`);
  if (failed.length > FAILURES_SHOWN) deps.terminal.err(`… and ${String(failed.length - FAILURES_SHOWN)} more\n`);
  deps.terminal.out(`${summary(outcomes, wanted)}\n`);
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

async function runAll(
  api: Api,
  collectionId: string,
  earlier: ReadonlyMap<string, readonly Earlier[]>,
  documents: readonly Document[],
  deps: CliDeps,
): Promise<Outcome[]> {
  const progress = createProgress(deps.terminal, documents.length);
  const outcomes: Outcome[] = [];
  const queue = documents.values();
  const work = async (): Promise<void> => {
    for (const document of queue) {
      deps.signal.throwIfAborted();
      const outcome = await ingestDocument({ api, collectionId, earlier: earlier.get(document.identity) ?? [], document }, deps);
      outcomes.push(outcome);
      progress.step(document.filename, outcome.kind === "failed" ? `failed: ${outcome.reason}` : outcome.kind);
    }
  };
  const done = new AbortController();
  // Where lines are drawn again, what is under way is seen, too.
  const watched = deps.terminal.redraws ? watchIndex(api, collectionId, progress, done.signal) : undefined;
  try {
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, work));
  } finally {
    done.abort();
    await watched;
    progress.end();
  }
  return outcomes;
}

function summary(outcomes: readonly Outcome[], wanted: Wanted): string {
  const count = (kind: Outcome["kind"]): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const parts = [
    `${String(count("added"))} added`,
    ...(["replaced", "unchanged", "failed"] as const).filter((kind) => count(kind) > 0).map((kind) => `${String(count(kind))} ${kind}`),
    ...(wanted.skipped > 0 ? [`${String(wanted.skipped)} of other kinds passed over`] : []),
  ];
  return `Collection ${wanted.name}: ${parts.join(", ")}.`;
}

async function findOrCreateCollection(api: Api, name: string): Promise<string> {
  const found = (await listAllAfter(api, "/v1/vector_stores")).find((store) => findText(store, "name") === name);
  return textOf(found ?? (await api.post("/v1/vector_stores", { name })), "id");
}
