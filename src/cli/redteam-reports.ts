import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseReport, toHtml, toJunit, type Report } from "../evaluate/index.ts";
import { type CliDeps, CommandError, EXIT } from "./command.ts";

/** Named by the moment at which the run began, so that the newest is the last by name. */
const NAME = /^redteam-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z\.json$/;

/** The report that was named, or the newest readable one in the folder; undefined where there is none. */
export async function findBaseline(named: string | undefined, folder: string, { cwd }: Pick<CliDeps, "cwd">): Promise<Report | undefined> {
  if (named !== undefined) {
    const report = parseReport(await readFile(resolve(cwd, named), "utf8").catch(() => ""));
    if (report === undefined) throw new CommandError(`--baseline: ${named} is not there, or no report of this version.`, EXIT.usage);
    return report;
  }
  const path = resolve(cwd, folder);
  const names = (await readdir(path).catch(() => [])).filter((name) => NAME.test(name)).toSorted();
  for (const name of names.toReversed()) {
    const report = parseReport(await readFile(join(path, name), "utf8").catch(() => ""));
    if (report !== undefined) return report;
  }
  return undefined;
}

export type Written = { readonly json: string; readonly html: string; readonly junit: string };

/** Writes the three forms, readable by their owner alone: they tell how to attack the server. */
export async function writeReports(report: Report, folder: string, cwd: string): Promise<Written> {
  const path = resolve(cwd, folder);
  const name = `redteam-${report.startedAt.replaceAll(/[:.]/g, "-")}`;
  const written: Written = { json: join(path, `${name}.json`), html: join(path, `${name}.html`), junit: join(path, `${name}.xml`) };
  try {
    await mkdir(path, { recursive: true });
    const ownerOnly = { mode: 0o600 };
    await writeFile(written.html, toHtml(report), ownerOnly);
    await writeFile(written.junit, toJunit(report), ownerOnly);
    await writeFile(written.json, `${JSON.stringify(report, undefined, 1)}\n`, ownerOnly);
  } catch {
    throw new CommandError(`The report cannot be written to ${path}.`);
  }
  return written;
}
