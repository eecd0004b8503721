import { sha256Hex } from "../kernel/hash.ts";

/**
 * The journal's text form. A record is one line: its kind, the hex SHA-256 of its body, a space, the body. The body is a JSON object
 * whose first field `prev` is the hash of the record before it, so the records of a process form one chain, over all of its files.
 *
 *   f  a file's first record: which process, which file
 *   o  a call was opened: its reservation
 *   e  an event: a call that ended, or refusals added up. Its hash is the call's receipt
 */
export type RecordKind = "f" | "o" | "e";

/** `prev` of the very first record. */
export const GENESIS = "0".repeat(64);
export const HASH_CHARS = 64;
/** Kind, hash and space. */
export const LINE_HEAD_CHARS = 1 + HASH_CHARS + 1;

const PREV_START = '{"prev":"';
const BODY_HEAD = /^\{"prev":"[0-9a-f]{64}",/;

/** `json` is a JSON object with at least one field. */
export const chainBody = (prev: string, json: string): string => `${PREV_START}${prev}",${json.slice(1)}`;

export const toLine = (kind: RecordKind, hash: string, body: string): string => `${kind}${hash} ${body}\n`;

export type ParsedLine = {
  readonly kind: RecordKind;
  /** As the line says it, which the next record's `prev` repeats. */
  readonly hash: string;
  readonly prev: string;
  readonly body: string;
  /** The body has that hash. */
  readonly whole: boolean;
};

const isKind = (text: string): text is RecordKind => text === "f" || text === "o" || text === "e";

/** `text` is a line without its end. undefined: it is no record. */
export function parseLine(text: string): ParsedLine | undefined {
  const kind = text.charAt(0);
  const hash = text.slice(1, 1 + HASH_CHARS);
  const body = text.slice(LINE_HEAD_CHARS);
  if (!isKind(kind) || text.charAt(LINE_HEAD_CHARS - 1) !== " " || !BODY_HEAD.test(body)) return undefined;
  const prev = body.slice(PREV_START.length, PREV_START.length + HASH_CHARS);
  return { kind, hash, prev, body, whole: sha256Hex(body) === hash };
}

/**
 * A place in a process's journal. Past the last file of a dead process the offset counts the orphans that recovery has billed.
 */
export type Position = { readonly file: number; readonly offset: number };

/** Below 0 where `a` comes first. */
export const comparePositions = (a: Position, b: Position): number => a.file - b.file || a.offset - b.offset;

export const fileName = (file: number): string => `${String(file).padStart(6, "0")}.log`;

/** Undefined for anything that is not a journal's file. */
export function findFileNumber(name: string): number | undefined {
  return /^\d{6,}\.log$/.test(name) ? Number.parseInt(name, 10) : undefined;
}
