import { z } from "zod";

/** A number with its bounds, and why they are where they are. */
type NumberRule = {
  readonly min: number;
  readonly max: number;
  /** Left out where the setting's name says it. */
  readonly unit?: string;
  /** Why the bounds are where they are; told with the problem. */
  readonly why: string;
  readonly description: string;
};

export const whole = ({ min, max, unit, why, description }: NumberRule) => z.int().min(min).max(max).meta({ description, unit, why });
export const amount = ({ min, max, unit, why, description }: NumberRule) => z.number().min(min).max(max).meta({ description, unit, why });
