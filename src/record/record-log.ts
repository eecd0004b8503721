/** What this folder says to the log: ids, counts and codes, never content. */
export type RecordLog = {
  warn(message: string, fields?: Readonly<Record<string, string | number>>): void;
  error(message: string, fields?: Readonly<Record<string, string | number>>): void;
};
