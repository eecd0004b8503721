import type { Env } from "./environment.ts";
import type { Findings, Place } from "./problem.ts";
import type { FileConfig } from "./schema.ts";
import type { PathPart } from "./yaml-file.ts";

/** Settings in the file's form, with where each was written: in a file, or in environment variables that stand for one. */
export type Source = {
  readonly value: FileConfig;
  readonly placeOf: (path: readonly PathPart[], which?: "key" | "value", into?: number) => Place;
  /** The file as the operator named it; undefined where the environment stands for one. */
  readonly file: string | undefined;
  /** Relative paths in the settings start here. */
  readonly baseDir: string;
  readonly env: Env;
  /** Variables that a setting refers to. */
  readonly usedEnv: Set<string>;
  readonly findings: Findings;
};
