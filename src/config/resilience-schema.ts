import { z } from "zod";

const HOUR_MS = 3_600_000;
const share = (description: string, why: string) => z.number().min(0).max(1).meta({ unit: "share from 0 to 1", why, description });
const milliseconds = (min: number, max: number, description: string, why: string) =>
  z.int().min(min).max(max).meta({ unit: "milliseconds", why, description });
const count = (min: number, max: number, unit: string, description: string, why: string) =>
  z.int().min(min).max(max).meta({ unit, why, description });

const OPEN_WHY = "less than 10 ms is no pause, and after an hour nobody knows why a model is not asked";

const breaker = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: "`false`: a model is asked however often it failed." }),
    failures: count(1, 1000, "failures", "One after the other that open it.", "none would open it at once").default(3),
    share: share(
      "Of the calls within `windowMs`, so many failed ones open it, once there are `callsMin`.",
      "0 would open it without a failure; 1 is all of them",
    ).default(0.1),
    windowMs: milliseconds(
      100,
      HOUR_MS,
      "Calls older than this no longer count for `share`.",
      "in less than 100 ms there are no calls to count",
    ).default(10_000),
    callsMin: count(
      1,
      1_000_000,
      "calls",
      "Fewer than this within `windowMs` say nothing about a share.",
      "without a call there is no share",
    ).default(50),
    openMs: milliseconds(
      10,
      HOUR_MS,
      "Before the first call probes it. Twice as long each time that it flaps, at most `openMsMax`.",
      OPEN_WHY,
    ).default(60_000),
    openMsMax: milliseconds(10, HOUR_MS, "The longest pause. At least `openMs`.", OPEN_WHY).default(300_000),
    probes: count(1, 100, "calls", "Successful calls, one at a time, that close it.", "without one it would never close").default(3),
  })
  .prefault({})
  .meta({ description: "When a model at a provider is left alone for a time. Rate limits (429) do not count as failures." });

const SHARE_WHY = "0 would never be calm, and above 1 it would never fall";
const service = z
  .strictObject({
    reduced: z
      .array(z.string().min(1).max(128))
      .min(1)
      .max(20)
      .meta({
        description: "Models that answer first while the service is reduced, where the call may go to them.",
        examples: [["llama-8b"]],
      }),
    errorShare: share("Of the attempts of the last 10 s, more failed ones reduce the service.", SHARE_WHY).default(0.05),
    emergencyErrorShare: share("So many make it an emergency. At least `errorShare`.", SHARE_WHY).default(0.5),
    attemptsMin: count(
      1,
      1_000_000,
      "attempts",
      "Fewer than this within 10 s say nothing about a share.",
      "without one there is no share",
    ).default(20),
    load: share("Calls under way as a share of `server.callsInFlight`: for `loadForMs` at it is one level down.", SHARE_WHY).default(0.9),
    loadForMs: milliseconds(0, HOUR_MS, "How long the load must last.", "after an hour every caller has noticed").default(30_000),
    calmErrorShare: share("Below this, and below `calmLoad`, it is calm. At most `errorShare`.", SHARE_WHY).default(0.01),
    calmLoad: share("At most `load`.", SHARE_WHY).default(0.7),
    calmMs: milliseconds(0, 24 * HOUR_MS, "After so much calm it is one level up.", "in a day whatever it was is over").default(300_000),
  })
  .optional()
  .meta({
    description:
      "Full service, reduced, emergency: down at once, up slowly. Calls that name a route get the smaller models first; in an emergency those over documents get what the documents say, without a model. Without it the service is always full.",
  });

export const resilienceSchema = z
  .strictObject({
    breaker,
    service,
    retryShare: share(
      "Of a model's calls, so many may be repeated at the same model, where no other one can be asked. 0: none.",
      "1 would double the load of what fails",
    ).default(0.2),
  })
  .prefault({})
  .meta({ description: "What happens when models fail (docs/resilience.md)." });
