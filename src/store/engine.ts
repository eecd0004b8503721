import type { Database, Param, Row } from "./database.ts";

/** What the login itself may do, outside every scope: migrations and tests only. */
export type Owner = {
  /** Several statements, no parameters; one implicit transaction unless they say otherwise. */
  script(text: string): Promise<void>;
  query<R extends Row = Row>(text: string, params?: readonly Param[]): Promise<R[]>;
};

/** A database as the store itself sees it. Outside this folder only `Database` is known. */
export type Engine = Database & {
  /** One connection as the login, held until `body` is done. */
  asOwner<T>(body: (owner: Owner) => Promise<T>): Promise<T>;
};

/** The part of the log that the store needs. It gets names and numbers: never a statement or its parameters. */
export type StoreLog = { warn(message: string, fields?: Readonly<Record<string, string | number>>): void };

/** PGlite has one connection: what holds it longer makes every other reader wait. */
export const TRANSACTION_MS_MAX = 25;

/** The caller's own SQL says which columns come: the one place where that is taken on trust. */
export function rowsAs<R extends Row>(rows: Row[]): R[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return rows as R[];
}
