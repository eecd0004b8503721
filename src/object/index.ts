export type { ObjectStore } from "./spec.ts";
export { createFolderObjects } from "./folder.ts";
export { createEncryptedObjects } from "./encrypted.ts";
