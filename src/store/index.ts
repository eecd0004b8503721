export type { Database, Param, Row, Scope, Tx } from "./database.ts";
export { LEDGER, LOOKUP, OPERATOR, tenantScope } from "./database.ts";
export { SqlError, isForeignKeyViolation, isUniqueViolation } from "./sql-error.ts";
