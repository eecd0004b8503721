import { Environment } from "@marcbachmann/cel-js";
import { MODEL_SIGNALS, SIGNALS, type SignalKind, type Signals } from "../../domain/signals.ts";

/** A condition is a line or two. What is larger is a program, and belongs somewhere else; the bounds also bound what a call pays for it. */
const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 64, maxMapEntries: 1, maxCallArguments: 2 };

const CEL_TYPES: Readonly<Record<SignalKind, string>> = {
  bool: "bool",
  int: "int",
  double: "double",
  text: "string",
  words: "list<string>",
};

/** The signals under a common name: `tenant.slug`, `tenant.tier`. */
class Pii {
  readonly #of: Signals;
  constructor(of: Signals) {
    this.#of = of;
  }
  get found(): boolean {
    return this.#of.pii.found;
  }
  get types(): readonly string[] {
    return this.#of.pii.types;
  }
}
class Tenant {
  readonly #of: Signals;
  constructor(of: Signals) {
    this.#of = of;
  }
  get slug(): string {
    return this.#of.tenant.slug;
  }
  get tier(): string {
    return this.#of.tenant.tier;
  }
  get region(): string {
    return this.#of.tenant.region;
  }
}
class Key {
  readonly #of: Signals;
  constructor(of: Signals) {
    this.#of = of;
  }
  get role(): string {
    return this.#of.key.role;
  }
}

/** Signals as the language reads them, when it reads them: whole numbers are `bigint` there. */
export class Facts {
  readonly signals: Signals;
  constructor(signals: Signals) {
    this.signals = signals;
  }
  get pii(): Pii {
    return new Pii(this.signals);
  }
  get tenant(): Tenant {
    return new Tenant(this.signals);
  }
  get key(): Key {
    return new Key(this.signals);
  }
  get complexity(): number {
    return this.signals.complexity;
  }
  get complexityRank(): number {
    return this.signals.complexityRank;
  }
  get budgetLeft(): number {
    return this.signals.budgetLeft;
  }
  get inputTokens(): bigint {
    return whole(this.signals.inputTokens);
  }
  get outputTokens(): bigint {
    return whole(this.signals.outputTokens);
  }
  get expectedOutputTokens(): bigint {
    return whole(this.signals.expectedOutputTokens);
  }
  get requestsToday(): bigint {
    return whole(this.signals.requestsToday);
  }
  get routingThreshold(): bigint {
    return whole(this.signals.routingThreshold);
  }
  get hour(): bigint {
    return whole(this.signals.hour);
  }
  get tools(): boolean {
    return this.signals.tools;
  }
  get schema(): boolean {
    return this.signals.schema;
  }
  get images(): boolean {
    return this.signals.images;
  }
  get stream(): boolean {
    return this.signals.stream;
  }
  get rag(): boolean {
    return this.signals.rag;
  }
  get language(): string {
    return this.signals.language;
  }
  get team(): string {
    return this.signals.team;
  }
  get feature(): string {
    return this.signals.feature;
  }
  get weekday(): string {
    return this.signals.weekday;
  }
}

const whole = (value: number): bigint => BigInt(Math.round(value));

/**
 * The model signals are functions of the language, and it hands a function nothing but its arguments. A condition is evaluated in one go,
 * without waiting, so the signals that it is about can stand here meanwhile.
 */
let current: Signals | undefined;

export function withSignals<Result>(signals: Signals, evaluate: () => Result): Result {
  const before = current;
  current = signals;
  try {
    return evaluate();
  } finally {
    current = before;
  }
}

function now(): Signals {
  if (current === undefined) throw new TypeError("a condition is evaluated without signals");
  return current;
}

const GROUPS = { pii: Pii, tenant: Tenant, key: Key } as const;

const model = (name: keyof typeof MODEL_SIGNALS): string => `${name}(string): ${CEL_TYPES[MODEL_SIGNALS[name].kind]}`;

/** The language with the signals and nothing else: a name that is no signal is a fault when a condition is read, not when a call comes. */
export function createEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  const fields: Record<string, Record<string, string>> = {};
  for (const [name, { kind }] of Object.entries(SIGNALS)) {
    const [group = "", field] = name.split(".");
    if (field === undefined) environment.registerVariable(name, CEL_TYPES[kind]);
    else (fields[group] ??= {})[field] = CEL_TYPES[kind];
  }
  for (const [group, ctor] of Object.entries(GROUPS)) {
    environment.registerType(ctor.name, { ctor, fields: fields[group] ?? {} });
    environment.registerVariable(group, ctor.name);
  }
  environment.registerFunction(model("healthy"), (name: string) => now().healthy(name));
  environment.registerFunction(model("queueDepth"), (name: string) => whole(now().queueDepth(name)));
  environment.registerFunction(model("inFlight"), (name: string) => whole(now().inFlight(name)));
  return environment;
}
