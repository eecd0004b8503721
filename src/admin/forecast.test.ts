import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { forecastMonth, type Forecast, type ForecastAsk } from "./forecast.ts";

const made = (forecast: Forecast): Exclude<Forecast, { method: "none" }> => {
  assert.ok(forecast.method !== "none");
  return forecast;
};
/** Noon of a Wednesday, ten whole days before the month ends. */
const ASK: Omit<ForecastAsk, "days"> = { weekday: 3, dayShare: 0.5, daysLeft: 10, spentMicroUsd: 1000, limitMicroUsd: undefined };

test("days that are all the same go on so, without scatter", () => {
  const forecast = made(forecastMonth({ ...ASK, days: [0, 0, 0, 0, 0, 100, 100, 100, 100, 100], limitMicroUsd: 1250 }));
  assert.equal(forecast.method, "run-rate");
  assert.deepEqual([forecast.microUsd, forecast.lowMicroUsd, forecast.highMicroUsd], [2050, 2050, 2050]);
  assert.equal(forecast.days, 5);
  // 50 until midnight, then two days.
  assert.equal(forecast.daysToLimit, 2.5);
});

test("a week that rests on Saturday and Sunday is known for it after two of them", () => {
  const week = [0, 100, 100, 100, 100, 100, 0];
  const days = Array.from({ length: 28 }, (_, at) => week[(((3 + at - 28) % 7) + 7) % 7] ?? 0);
  const forecast = made(forecastMonth({ ...ASK, days, limitMicroUsd: 1260 }));
  assert.equal(forecast.method, "weekday-run-rate");
  // Wednesday's half, then Thursday to Saturday of next week: seven days of work.
  assert.deepEqual([forecast.microUsd, forecast.lowMicroUsd, forecast.highMicroUsd], [1750, 1750, 1750]);
  // 50 today, 100 on Thursday, 100 on Friday, then nothing until Monday: a tenth of it.
  assert.ok(Math.abs((forecast.daysToLimit ?? 0) - (0.5 + 2 + 2 + 0.1)) < 1e-9);
});

test("little data says so; a month without any cost, too; what is spent is spent", () => {
  for (const days of [[], [5], [5, 5], [0, 0, 0, 5, 5], Array.from({ length: 28 }, () => 0)])
    assert.deepEqual(forecastMonth({ ...ASK, days }), { method: "none", reason: "too-little-data" });
  assert.equal(made(forecastMonth({ ...ASK, days: [5, 5, 5] })).method, "run-rate");
  assert.equal(made(forecastMonth({ ...ASK, days: [5, 5, 5], limitMicroUsd: 900 })).daysToLimit, 0);
  assert.equal(made(forecastMonth({ ...ASK, days: [5, 5, 5], limitMicroUsd: 9000 })).daysToLimit, undefined);
  assert.ok(made(forecastMonth({ ...ASK, days: [1, 900, 2, 800] })).lowMicroUsd >= ASK.spentMicroUsd);
});

test("about four of five months end in the interval, of days that scatter", () => {
  const random = createSeededRandom(7);
  const months = 2000;
  const day = (): number => 1000 + 200 * (Array.from({ length: 12 }, random).reduce((a, b) => a + b, 0) - 6);
  const count = (length: number): number => {
    let inside = 0;
    for (let n = 0; n < months; n++) {
      const days = Array.from({ length }, day);
      const { lowMicroUsd, highMicroUsd } = made(forecastMonth({ ...ASK, dayShare: 0, daysLeft: 9, spentMicroUsd: 0, days }));
      const end = Array.from({ length: 10 }, day).reduce((a, b) => a + b, 0);
      if (end >= lowMicroUsd && end <= highMicroUsd) inside++;
    }
    return inside / months;
  };
  const shares = [count(28), count(10)];
  for (const share of shares) assert.ok(share > 0.75 && share < 0.85, shares.join(" "));
  console.log(
    `# forecast: of ${months} months each, ${shares.map((share) => `${Math.round(share * 100)} %`).join(" and ")} end in the interval (28 and 10 days known)`,
  );
});
