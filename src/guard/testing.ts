import { testChat } from "../domain/testing.ts";
import type { Call, ChatCall } from "../domain/chat.ts";
import type { Finding } from "../domain/finding.ts";
import { GUARD_DEFAULT, type GuardChange, type GuardPolicy } from "../domain/guard-policy.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Target } from "../domain/target.ts";
import { keyIds, requestIds, tenantIds, type TenantId } from "../kernel/ids.ts";
import { createGuard, type GuardDeps, type GuardOptions } from "./guard.ts";

/** What stands for personal data in tests: `<email:…>`, `<place:…>`. */
const PLANTED = /<(email|person|place):[^>]*>/g;
const TYPE_OF = { email: "EMAIL", person: "PERSON", place: "LOCATION" } as const;

export const findPlanted = (text: string): Finding[] =>
  [...text.matchAll(PLANTED)].map(({ 0: found, 1: kind, index }) => ({
    type: kind === "email" ? TYPE_OF.email : kind === "person" ? TYPE_OF.person : TYPE_OF.place,
    start: index,
    end: index + found.length,
    score: 1,
    reason: "planted",
  }));

/** `attack 0.9` anywhere in a text is an attack of that score. */
export const scorePlanted = (text: string): { score: number; saw: readonly string[] } => {
  const score = Number(/attack (0\.\d+)/.exec(text)?.[1] ?? 0);
  return { score, saw: score > 0 ? ["planted"] : [] };
};

export const KEY = new Uint8Array(32).fill(7);

export type TestGuard = { readonly check: ReturnType<typeof createGuard>; readonly refused: { code: string; saw: readonly string[] }[] };
export function testGuard(
  policy: Partial<GuardPolicy> = {},
  deps: Partial<GuardDeps> = {},
  options: Partial<GuardOptions> = {},
): TestGuard {
  const refused: TestGuard["refused"] = [];
  const check = createGuard(
    {
      find: findPlanted,
      scoreInjection: scorePlanted,
      scoreToxicity: () => ({
        score: 0,
        categories: { hate: 0, harassment: 0, threat: 0, "self-harm-instructions": 0, "self-harm-intent": 0 },
      }),
      second: [],
      opinions: [],
      pseudonymKey: KEY,
      canaryKey: KEY,
      book: { remember: () => undefined, recall: () => Promise.reject(new TypeError("not asked for")) },
      refused: (_call, code, saw) => void refused.push({ code, saw }),
      ...deps,
    },
    { policy: { ...GUARD_DEFAULT, ...policy }, routesLook: () => false, ...options },
  );
  return { check, refused };
}

const TENANT = tenantIds.make(1);
const KEY_ID = keyIds.make(1);

export function guardCall(
  chat: Partial<ChatCall> = {},
  tenant: { readonly id?: TenantId; readonly systemPrompt?: string; readonly guard?: GuardChange } = {},
): Call {
  return {
    requestId: requestIds.make(1),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rules read these fields alone
    who: { kind: "tenant", role: "member", tenant: { id: TENANT, ...tenant }, key: { id: KEY_ID } } as unknown as TenantPrincipal,
    feature: undefined,
    startedAtMs: 1,
    chat: testChat({ stream: true, ...chat }),
  };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rules read these fields alone
export const external = { model: "far", trust: "external" } as unknown as Target;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
export const own = { model: "near", trust: "private" } as unknown as Target;
