import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Api, pathOf } from "./api.ts";
import { type Args, type CliDeps, CommandError, EXIT, type Flag } from "./command.ts";
import { fieldOf, findNumber, findText, listOf, numberOf, textOf } from "./read.ts";
import { renderTable } from "./table.ts";

/** Flags of the commands that erase. */
export const ERASURE_FLAGS: Readonly<Record<string, Flag>> = {
  certificate: { value: "FILE", description: "write the signed certificate there (JSON)" },
  "no-wait": { value: undefined, description: "do not wait for the end; GET /admin/v1/erasures/{jobId} tells of it" },
  json: { value: undefined, description: "print the server's JSON" },
  yes: { value: undefined, description: "do not ask" },
};

const LOOK_EVERY_MS = 300;

/** Waits until a job is done and tells what it did. The exit code. */
export async function followErasure(api: Api, jobId: string, args: Args, deps: CliDeps): Promise<number> {
  if (args.on("no-wait")) {
    deps.terminal.out(args.on("json") ? `${JSON.stringify({ jobId })}\n` : `It is being erased: job ${jobId}.\n`);
    return EXIT.done;
  }
  let told: string | undefined;
  for (;;) {
    const job = await api.get(pathOf("admin", "v1", "erasures", jobId));
    if (textOf(job, "state") === "done") return await tell(job, args, deps);
    const error = findText(job, "error");
    if (error !== undefined && error !== told) deps.terminal.err(`Not whole yet (${error}); the server tries again within a minute.\n`);
    told = error;
    await deps.wait(LOOK_EVERY_MS);
  }
}

async function tell(job: unknown, args: Args, deps: CliDeps): Promise<number> {
  const certificate = fieldOf(job, "certificate");
  const path = args.text("certificate");
  if (path !== undefined) await writeCertificate(resolve(deps.cwd, path), certificate);
  if (args.on("json")) {
    deps.terminal.out(`${JSON.stringify(job, null, 2)}\n`);
    return EXIT.done;
  }
  const stores = listOf(job, "stores");
  const rows = stores
    .filter((store) => numberOf(store, "before") > 0 || (findNumber(store, "kept") ?? 0) > 0)
    .map((store) => [
      textOf(store, "store"),
      String(numberOf(store, "before")),
      String(findNumber(store, "after") ?? 0),
      String(findNumber(store, "kept") ?? 0),
    ]);
  if (rows.length > 0) deps.terminal.out(`${renderTable(["STORE", "WAS", "IS", "KEPT BY DESIGN"], rows)}\n`);
  deps.terminal.out(
    `Erased: ${String(stores.length)} stores looked at twice, nothing left. Certificate ${textOf(certificate, "hash").slice(0, 16)}…, job ${textOf(job, "jobId")}${path === undefined ? "" : `, in ${path}`}.\nBackups and other copies outside are named in it, with what to do about them.\n`,
  );
  return EXIT.done;
}

async function writeCertificate(path: string, certificate: unknown): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(certificate, null, 2)}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new CommandError(
      `It is erased, but the certificate could not be written to ${path} (${code}). GET /admin/v1/erasures gives it again.`,
    );
  }
}

/** A script says what it means; a person may have mistyped. */
export async function confirm(what: string, name: string, args: Args, deps: CliDeps): Promise<void> {
  if (!deps.terminal.interactive || args.on("yes")) return;
  deps.terminal.err(`This erases everything of ${what} ${name}. Type its name to go on: `);
  for await (const line of deps.terminal.lines()) {
    if (line.trim() === name) return;
    break;
  }
  throw new CommandError("Nothing was deleted.");
}
