import { sha256Hex } from "../kernel/hash.ts";

/** A UUID (version 8: of our own making) that follows from what it names, so that writing a point twice writes one. */
export function pointId(group: string, no: number): string {
  const hex = sha256Hex(`${group} ${no}`);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
