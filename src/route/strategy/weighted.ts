import type { Ranking } from "../../domain/ranking.ts";
import type { Target } from "../../domain/target.ts";
import { certain, type Order } from "./order.ts";

/** A negative or broken weight is none. */
export function weightOf({ weights }: Pick<Ranking, "weights">, { model }: Target): number {
  const weight = weights !== undefined && Object.hasOwn(weights, model) ? (weights[model] ?? 1) : 1;
  return weight > 0 && Number.isFinite(weight) ? weight : 0;
}

/** Drawn one after the other, each by its share of what is left. Those of weight 0 come last, as written. */
export function weighted(targets: readonly Target[], how: Ranking, dice: () => number): Order {
  const left = targets.map((target) => ({ target, weight: weightOf(how, target) }));
  const first = left.filter(({ weight }) => weight > 0);
  const last = left.filter(({ weight }) => weight === 0).map(({ target }) => target);
  if (first.length === 0) return certain(targets);
  const whole = first.reduce((total, { weight }) => total + weight, 0);
  let sum = whole;
  const drawn: Target[] = [];
  while (first.length > 0) {
    const [one] = first.splice(draw(first, dice() * sum), 1);
    if (one === undefined) break;
    sum -= one.weight;
    drawn.push(one.target);
  }
  return { targets: [...drawn, ...last], chanceOf: (target) => weightOf(how, target) / whole };
}

function draw(from: readonly { readonly weight: number }[], point: number): number {
  let passed = 0;
  for (const [at, { weight }] of from.entries()) {
    passed += weight;
    if (point < passed) return at;
  }
  return from.length - 1;
}
