/** Weighted sums of features, of their products with each other, and of those with the target: all that least squares needs of its data. */
export type Moments = {
  readonly total: number;
  /** Row by row. */
  readonly products: Float64Array;
  readonly targets: Float64Array;
  readonly add: (features: Float64Array, target: number, weight: number) => void;
  readonly join: (other: Moments, scale: number) => void;
  readonly means: () => { readonly values: Float64Array; readonly target: number };
  /** The same about the means. */
  readonly centred: () => Moments;
};

type Sums = {
  total: number;
  target: number;
  readonly values: Float64Array;
  readonly products: Float64Array;
  readonly targets: Float64Array;
};

const SUMS = new WeakMap<Moments, Sums>();

export function createMoments(width: number): Moments {
  return wrap(width, {
    total: 0,
    target: 0,
    values: new Float64Array(width),
    products: new Float64Array(width * width),
    targets: new Float64Array(width),
  });
}

function addTo(into: Float64Array, from: Float64Array, scale: number): void {
  for (let at = 0; at < into.length; at++) into[at] = (into[at] ?? 0) + scale * (from[at] ?? 0);
}

function wrap(width: number, sums: Sums): Moments {
  const means = () => ({ values: sums.values.map((value) => value / sums.total), target: sums.target / sums.total });
  const moments: Moments = {
    get total() {
      return sums.total;
    },
    products: sums.products,
    targets: sums.targets,
    add: (features, target, weight) => {
      sums.total += weight;
      sums.target += weight * target;
      addTo(sums.values, features, weight);
      addTo(sums.targets, features, weight * target);
      for (let row = 0; row < width; row++) {
        const value = weight * (features[row] ?? 0);
        if (value === 0) continue;
        for (let column = 0; column < width; column++) {
          const at = row * width + column;
          sums.products[at] = (sums.products[at] ?? 0) + value * (features[column] ?? 0);
        }
      }
    },
    join: (other, scale) => {
      const from = SUMS.get(other);
      if (from === undefined) throw new Error("no moments");
      sums.total += scale * from.total;
      sums.target += scale * from.target;
      addTo(sums.values, from.values, scale);
      addTo(sums.products, from.products, scale);
      addTo(sums.targets, from.targets, scale);
    },
    means,
    centred: () => {
      const { values, target } = means();
      const { total } = sums;
      return wrap(width, {
        total,
        target: 0,
        values: new Float64Array(width),
        targets: sums.targets.map((sum, at) => sum - total * (values[at] ?? 0) * target),
        products: sums.products.map((sum, at) => sum - total * (values[Math.floor(at / width)] ?? 0) * (values[at % width] ?? 0)),
      });
    },
  };
  SUMS.set(moments, sums);
  return moments;
}
