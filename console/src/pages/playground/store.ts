import { useSyncExternalStore } from "react";
import { readAnswer } from "./read-answer.ts";
import { toRequest } from "./request.ts";
import type { Answer, Exchange, Picture, Settings, Step } from "./types.ts";

/** The conversation of this tab. It is in memory alone: nothing of it is kept when the tab is closed or loaded again. */

export type Playground = {
  readonly settings: Settings;
  /** Of each lane; two are side by side. */
  readonly models: readonly string[];
  readonly exchanges: readonly Exchange[];
};

export const NO_SETTINGS: Settings = {
  system: "",
  temperature: "",
  topP: "",
  maxTokens: "",
  seed: "",
  stop: "",
  collection: "",
  ragMode: "fast",
  tools: "",
  form: "text",
  schema: "",
};

/** Whose conversation it is: nobody else who signs in in this tab sees it. */
let owner: string | undefined;
export function belongTo(who: string): void {
  if (owner === who) return;
  if (owner !== undefined) {
    stop();
    set({ settings: NO_SETTINGS, models: [""], exchanges: [] });
  }
  owner = who;
}

let state: Playground = { settings: NO_SETTINGS, models: [""], exchanges: [] };
const listeners = new Set<() => void>();
const running = new Map<string, AbortController>();
let nextId = 1;

let isDue = false;
function tell(): void {
  isDue = false;
  for (const listener of listeners) listener();
}
/** Deltas come faster than pages are drawn: listeners hear of them once a frame. */
function tellSoon(): void {
  if (isDue) return;
  isDue = true;
  if (document.hidden) setTimeout(tell, 50);
  else requestAnimationFrame(tell);
}
function set(change: Partial<Playground>, when: () => void = tell): void {
  state = { ...state, ...change };
  when();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const usePlayground = (): Playground => useSyncExternalStore(subscribe, () => state);

export const makeId = (): string => `n${nextId++}`;

export const setSettings = (change: Partial<Settings>): void => set({ settings: { ...state.settings, ...change } });
export const setModel = (lane: number, model: string): void => set({ models: state.models.map((old, at) => (at === lane ? model : old)) });

/** A second lane beside the first, or one lane again. */
export function setSideBySide(on: boolean, second: string): void {
  if (on) return set({ models: [state.models[0] ?? "", second] });
  stop();
  set({ models: state.models.slice(0, 1), exchanges: state.exchanges.map((each) => ({ ...each, answers: each.answers.slice(0, 1) })) });
}

const changeExchange = (id: string, change: (exchange: Exchange) => Exchange): void =>
  set({ exchanges: state.exchanges.map((each) => (each.id === id ? change(each) : each)) }, tellSoon);

function changeAnswer(id: string, lane: number, change: (answer: Answer | undefined) => Answer): void {
  // What is still on its way for a lane that went is nobody's.
  if (lane >= state.models.length) return;
  changeExchange(id, (exchange) => {
    const answers = state.models.map((_, at) => exchange.answers[at]);
    answers[lane] = change(answers[lane]);
    return { ...exchange, answers };
  });
}

const newStep = (request: Readonly<Record<string, unknown>>): Step => ({
  request,
  status: "streaming",
  text: "",
  reasoning: "",
  refusal: "",
  toolCalls: [],
  results: {},
  finishReason: undefined,
  usage: undefined,
  weir: undefined,
  requestId: undefined,
  failure: undefined,
  firstMs: undefined,
  totalMs: undefined,
});

/** Asks a lane's model for what comes next in the newest exchange. */
function run(id: string, lane: number): void {
  const model = state.models[lane] ?? "";
  const step = newStep(toRequest(state.settings, state.exchanges, lane, model));
  const place = state.exchanges.find((each) => each.id === id)?.answers[lane]?.steps.length ?? 0;
  const abort = new AbortController();
  running.set(`${id} ${lane}`, abort);
  const put = (next: Step): void =>
    changeAnswer(id, lane, (answer) => {
      const steps = [...(answer?.steps ?? [])];
      steps[place] = { ...next, results: steps[place]?.results ?? {} };
      return { model, steps };
    });
  put(step);
  void readAnswer(step, abort.signal, put).finally(() => running.delete(`${id} ${lane}`));
}

const ask = (id: string): void => state.models.forEach((_, lane) => run(id, lane));

export function send(text: string, pictures: readonly Picture[]): void {
  const id = makeId();
  set({ exchanges: [...state.exchanges, { id, text, pictures, answers: [] }] });
  ask(id);
}

/** The message once more, with other words perhaps; what came after it goes. */
export function resend(id: string, text?: string): void {
  stop();
  const at = state.exchanges.findIndex((each) => each.id === id);
  const old = state.exchanges[at];
  if (old === undefined) return;
  set({ exchanges: [...state.exchanges.slice(0, at), { ...old, id: makeId(), text: text ?? old.text, answers: [] }] });
  ask(state.exchanges.at(-1)?.id ?? "");
}

export function remove(id: string): void {
  stop(id);
  set({ exchanges: state.exchanges.filter((each) => each.id !== id) });
}

/** Gives results of tools back, and lets the model go on. */
export function giveResults(id: string, lane: number, results: Readonly<Record<string, string>>): void {
  changeAnswer(id, lane, (answer) => {
    const steps = [...(answer?.steps ?? [])];
    const last = steps.at(-1);
    if (last !== undefined) steps[steps.length - 1] = { ...last, results };
    return { model: answer?.model ?? "", steps };
  });
  run(id, lane);
}

/** Breaks off what is under way: the server stops the model at once, and what was made is billed. */
export function stop(id?: string): void {
  for (const [key, abort] of running) if (id === undefined || key.startsWith(`${id} `)) abort.abort();
}

export function clear(): void {
  stop();
  set({ exchanges: [] });
}

export const isRunning = ({ exchanges }: Playground): boolean =>
  exchanges.some(({ answers }) => answers.some((answer) => answer?.steps.some(({ status }) => status === "streaming")));
/** The newest exchange waits for results of tools. */
export const waitsForTools = ({ exchanges }: Playground): boolean => exchanges.at(-1)?.answers.some((answer) => isWaiting(answer)) === true;
export function isWaiting(answer: Answer | undefined): boolean {
  const last = answer?.steps.at(-1);
  return last !== undefined && last.status === "finished" && last.toolCalls.some(({ id }) => last.results[id] === undefined);
}
