import { sha256Hex } from "../../kernel/hash.ts";
import type { Attributes } from "../../domain/access.ts";

/** A connector as weir.yaml has it, without what its place needs. */
export type SourceSpec = {
  readonly name: string;
  readonly kind: "folder" | "s3" | "git";
  /** Its slug. */
  readonly tenant: string;
  /** Its name; made where it is missing. */
  readonly collection: string;
  /** Five fields of cron, UTC; undefined: only when somebody asks. */
  readonly schedule: string | undefined;
  /** Globs over keys. Empty: whatever this server can read, by its ending. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly fileBytesMax: number;
  /** Given to every document: what decides who may find it, among others. */
  readonly attributes: Attributes;
  /** The place may be emptied: then all that came from it goes. */
  readonly allowEmpty: boolean;
  /** Of the place itself, so that a cursor of another one is not taken for its own. */
  readonly place: string;
};

/** What a cursor depends on: with another choice of documents everything is looked at again. */
export const digestOf = ({ place, collection, include, exclude, fileBytesMax, attributes }: SourceSpec): string =>
  sha256Hex(JSON.stringify([place, collection, include, exclude, fileBytesMax, attributes])).slice(0, 16);
