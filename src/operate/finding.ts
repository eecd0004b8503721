/** One line of the doctor's report. */
export type Finding = {
  readonly state: "ok" | "warning" | "problem";
  /** What was looked at: `database`, `provider local`. */
  readonly about: string;
  readonly say: string;
  /** What to do, where something is to be done. */
  readonly todo?: string | undefined;
};

export const ok = (about: string, say: string): Finding => ({ state: "ok", about, say });
export const warning = (about: string, say: string, todo?: string): Finding => ({ state: "warning", about, say, todo });
export const problem = (about: string, say: string, todo?: string): Finding => ({ state: "problem", about, say, todo });
