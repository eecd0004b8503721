import type { Database, Param, Row } from "./database.ts";

/** What the login itself may do, outside every scope: migrations and tests only. */
export type Owner = {
  /** Several statements, no parameters, in one implicit transaction. */
  script(text: string): Promise<void>;
  query<R extends Row = Row>(text: string, params?: readonly Param[]): Promise<R[]>;
};

/** A database as the store itself sees it. Outside this folder only `Database` is known. */
export type Engine = Database & {
  /** One connection as the login, held until `body` is done. */
  asOwner<T>(body: (owner: Owner) => Promise<T>): Promise<T>;
};

/** The warnings an engine may give: a name and numbers, never a statement or its parameters. */
export type StoreLog = (
  event: "store.transaction-slow" | "store.connection-lost" | "store.worker-ended",
  facts: Readonly<Record<string, number | string>>,
) => void;

/** PGlite has one connection: what holds it longer makes every other reader wait. */
export const TRANSACTION_MS_MAX = 25;
