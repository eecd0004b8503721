import type { FaultCode } from "../../../kernel/fault.ts";

/** A job that cannot be done, in words for its caller. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: FaultCode;
  readonly param: string | undefined;

  constructor(code: FaultCode, say: string, param?: string) {
    super(say);
    this.code = code;
    this.param = param;
  }
}
