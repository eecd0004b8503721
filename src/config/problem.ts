/** Where a setting was written: a place in the config file, an environment variable or a flag. */
export type Place =
  | { readonly in: "file"; readonly file: string; readonly line: number; readonly column: number; readonly path: string }
  | { readonly in: "env"; readonly name: string }
  | { readonly in: "flag"; readonly name: string }
  | { readonly in: "folder"; readonly path: string };

/** One thing wrong (or worth a warning), said so that it can be put right without reading code. Never holds a secret. */
export type Problem = { readonly place: Place; readonly message: string };

export function renderPlace(place: Place): string {
  switch (place.in) {
    case "file":
      return `${place.file}:${String(place.line)}:${String(place.column)}${place.path === "" ? "" : ` ${place.path}`}`;
    case "env":
      return `environment ${place.name}`;
    case "flag":
      return `--${place.name}`;
    case "folder":
      return place.path;
  }
}

export const renderProblem = (problem: Problem): string => `${renderPlace(problem.place)}: ${problem.message}`;

/** Thrown with everything that is wrong, not just the first. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(renderProblem).join("\n"));
    this.problems = problems;
  }
}

/** Collects what is wrong and what is only worth saying, in the order found. */
export type Findings = {
  readonly problems: Problem[];
  readonly warnings: Problem[];
};

export const createFindings = (): Findings => ({ problems: [], warnings: [] });

/** By place in the file, then as found: the reader goes through the file once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const lineOf = (problem: Problem): number => (problem.place.in === "file" ? problem.place.line * 10_000 + problem.place.column : -1);
  return problems
    .map((problem, at) => ({ problem, at }))
    .toSorted((a, b) => lineOf(a.problem) - lineOf(b.problem) || a.at - b.at)
    .map(({ problem }) => problem);
}
