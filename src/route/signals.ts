import type { Standing } from "../domain/guard-policy.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { WEEKDAYS, type Signals, type SignalValue, type SignalValues, type Weekday } from "../domain/signals.ts";
import type { HealthView, TargetHealth } from "../domain/target-health.ts";
import type { Target } from "../domain/target.ts";
import type { TenantId } from "../kernel/ids.ts";

/** What signals are found out by. Each is asked at most once for a call, and only where a rule needs it. */
export type SignalSources = {
  /** 0 to 1. Of what the user says, the last of it last. */
  complexity(texts: readonly string[]): number;
  /** Share of the tenant's recent calls that were simpler. `dry`: the call is none of them itself. */
  complexityRank(tenantId: TenantId, complexity: number, dry: boolean): number;
  expectedOutputTokens(text: string, outputTokensMax: number): number;
  /** Two letters, or empty. */
  language(text: string): string;
  /** This call included. `dry`: it has not been counted, and is not to be. */
  requestsToday(tenantId: TenantId, dry: boolean): number;
  readonly routingThreshold: number;
  nowMs(): number;
};

/** What can be asked, and how it is doing. */
export type Estate = { readonly targets: ReadonlyMap<string, Target>; readonly health: HealthView };

/** What a call is, whatever it asks for. */
export type About = {
  readonly who: TenantPrincipal;
  readonly feature: string | undefined;
  /** What the user says; read only where a rule asks about it. */
  texts(): readonly string[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly tools: boolean;
  readonly schema: boolean;
  images(): boolean;
  readonly stream: boolean;
  readonly rag: boolean;
  /** undefined: nothing was looked for, so nobody can say what is in it. */
  readonly content: Standing | undefined;
  /** Types of what was found in it. */
  findingTypes(): readonly string[];
  readonly budgetLeft: number;
  /** Nobody is to answer it. */
  readonly dry: boolean;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1 January 1970 was a Thursday. */
const FIRST_WEEKDAY = WEEKDAYS.indexOf("thu");
/** More digits than anybody compares with. */
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** The signals of one call, each found out when it is first asked for, and what was asked for so far. */
export class CallSignals implements Signals {
  readonly #sources: SignalSources;
  readonly #about: About;
  readonly #estate: Estate;
  readonly #found = new Map<string, SignalValue>();
  readonly pii: Signals["pii"];
  readonly tenant: Signals["tenant"];
  readonly key: Signals["key"];

  constructor(sources: SignalSources, about: About, estate: Estate) {
    this.#sources = sources;
    this.#about = about;
    this.#estate = estate;
    const once = <V extends SignalValue>(name: string, find: () => V): V => this.#once(name, find);
    const { who } = about;
    const standing = (): Standing => {
      if (about.content === undefined || about.content.looked === false) throw new TypeError("nobody has looked for personal data");
      return about.content;
    };
    this.pii = {
      get found() {
        return once("pii.found", () => standing().personal);
      },
      get types() {
        standing();
        const types = about.findingTypes();
        once("pii.types", () => types.join(" "));
        return types;
      },
    };
    this.tenant = {
      get slug() {
        return once("tenant.slug", () => who.tenant.slug);
      },
      get tier() {
        return once("tenant.tier", () => who.tenant.tier ?? "");
      },
      get region() {
        return once("tenant.region", () => who.tenant.region ?? "");
      },
    };
    this.key = {
      get role() {
        return once("key.role", () => who.key.role);
      },
    };
  }

  /** What was asked for, by name. */
  get asked(): SignalValues {
    return Object.fromEntries(this.#found);
  }

  get complexity(): number {
    return this.#once("complexity", () => rounded(this.#sources.complexity(this.#about.texts())));
  }
  get complexityRank(): number {
    return this.#once("complexityRank", () =>
      rounded(this.#sources.complexityRank(this.#about.who.tenant.id, this.complexity, this.#about.dry)),
    );
  }
  get inputTokens(): number {
    return this.#once("inputTokens", () => this.#about.inputTokens);
  }
  get outputTokens(): number {
    return this.#once("outputTokens", () => this.#about.outputTokens);
  }
  get expectedOutputTokens(): number {
    return this.#once("expectedOutputTokens", () => this.#sources.expectedOutputTokens(this.#last, this.#about.outputTokens));
  }
  get language(): string {
    return this.#once("language", () => this.#sources.language(this.#last));
  }
  get tools(): boolean {
    return this.#once("tools", () => this.#about.tools);
  }
  get schema(): boolean {
    return this.#once("schema", () => this.#about.schema);
  }
  get images(): boolean {
    return this.#once("images", () => this.#about.images());
  }
  get stream(): boolean {
    return this.#once("stream", () => this.#about.stream);
  }
  get rag(): boolean {
    return this.#once("rag", () => this.#about.rag);
  }
  get team(): string {
    return this.#once("team", () => this.#about.who.key.team ?? "");
  }
  get feature(): string {
    return this.#once("feature", () => this.#about.feature ?? "");
  }
  get requestsToday(): number {
    return this.#once("requestsToday", () => this.#sources.requestsToday(this.#about.who.tenant.id, this.#about.dry));
  }
  get routingThreshold(): number {
    return this.#once("routingThreshold", () => this.#sources.routingThreshold);
  }
  get budgetLeft(): number {
    return this.#once("budgetLeft", () => rounded(this.#about.budgetLeft));
  }
  get hour(): number {
    return this.#once("hour", () => Math.floor((this.#sources.nowMs() % DAY_MS) / HOUR_MS));
  }
  get weekday(): Weekday {
    return this.#once("weekday", () => {
      const day = WEEKDAYS[(Math.floor(this.#sources.nowMs() / DAY_MS) + FIRST_WEEKDAY) % WEEKDAYS.length];
      if (day === undefined) throw new TypeError("the clock is before 1970");
      return day;
    });
  }

  healthy(model: string): boolean {
    return this.#once(`healthy(${model})`, () => this.#healthOf(model).state === "closed");
  }
  queueDepth(model: string): number {
    return this.#once(`queueDepth(${model})`, () => this.#healthOf(model).queueDepth ?? 0);
  }
  inFlight(model: string): number {
    return this.#once(`inFlight(${model})`, () => this.#healthOf(model).inFlight);
  }

  get #last(): string {
    return this.#about.texts().at(-1) ?? "";
  }

  #healthOf(model: string): TargetHealth {
    const target = this.#estate.targets.get(model);
    // Approved rules outlive the models that they name.
    if (target === undefined) throw new TypeError("a condition names a model that does not exist any more");
    return this.#estate.health.of(target);
  }

  #once<V extends SignalValue>(name: string, find: () => V): V {
    const known = this.#found.get(name);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- under this name stands what this find gave
    if (known !== undefined) return known as V;
    const value = find();
    this.#found.set(name, value);
    return value;
  }
}
