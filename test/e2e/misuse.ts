import type { TestWeir } from "./server.ts";

export type Said = {
  readonly status: number;
  /** `answered`, or the error's. */
  readonly code: string;
  readonly message: string;
  readonly id: string;
  readonly retryAfter: number;
};

export async function say(weir: TestWeir, key: string, content: string): Promise<Said> {
  const response = await weir.chat(key, { model: "m", messages: [{ role: "user", content }] });
  const { error }: { error?: { code: string; message: string } } = await response.json();
  return {
    status: response.status,
    code: error?.code ?? "answered",
    message: error?.message ?? "",
    id: response.headers.get("x-weir-request-id") ?? "",
    retryAfter: Number(response.headers.get("retry-after")),
  };
}

/** Refused where the tenant's policy is `pii: block`, and counted. */
export const misuse = (weir: TestWeir, key: string): Promise<Said> => say(weir, key, "Write to ada.lovelace@example.com");
export const ordinary = (weir: TestWeir, key: string): Promise<Said> => say(weir, key, "parts=2");
