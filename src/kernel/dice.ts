/** From 0 up to 1, never 1. Chance is a parameter everywhere else. */
export const systemDice = (): number => Math.random();
