import { CommandError } from "./command.ts";

/** Reads values out of a server's JSON. What is missing is the server's fault, and is said so. */

export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const found = fieldOf(value, name);
  if (Array.isArray(found)) return found;
  throw unexpected(name);
}

export function textOf(value: unknown, name: string): string {
  const found = fieldOf(value, name);
  if (typeof found === "string") return found;
  throw unexpected(name);
}

export const findText = (value: unknown, name: string): string | undefined => {
  const found = fieldOf(value, name);
  return typeof found === "string" ? found : undefined;
};

export function numberOf(value: unknown, name: string): number {
  const found = fieldOf(value, name);
  if (typeof found === "number") return found;
  throw unexpected(name);
}

export const findNumber = (value: unknown, name: string): number | undefined => {
  const found = fieldOf(value, name);
  return typeof found === "number" ? found : undefined;
};

const unexpected = (name: string): CommandError => new CommandError(`The server's answer has no ${name}: is it a Weir of this version?`);
