import type { z } from "zod";
import type { FaultCode } from "../kernel/fault.ts";
import type { Endpoint } from "./endpoint.ts";

/** What `/openapi.json` tells of an endpoint beside its address and who may call it. */
export type RouteNote = {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON unless told. */
  readonly bodyType?: "multipart/form-data";
  /** 200 unless told. */
  readonly status?: number;
  readonly answer?: z.ZodType;
  /** Of an answer that is not JSON. */
  readonly answerType?: string;
  /** Events of a streamed answer. */
  readonly event?: z.ZodType;
  /** Other good endings that have the same body: a probe's 503. */
  readonly also?: Readonly<Record<number, string>>;
  /** `false`: the permission is that of calls, but no model is asked. */
  readonly asksModel?: false;
  /** Beside those that follow from the address, the permission and the body. */
  readonly faults?: readonly FaultCode[];
};

const notes = new WeakMap<Endpoint, RouteNote>();

/** The same endpoint, with what the description of the API says of it. One without a note is described by its address alone. */
export function noted(endpoint: Endpoint, note: RouteNote): Endpoint {
  notes.set(endpoint, note);
  return endpoint;
}
export const noteOf = (endpoint: Endpoint): RouteNote | undefined => notes.get(endpoint);
