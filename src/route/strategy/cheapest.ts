import type { Target } from "../../domain/target.ts";
import { byLowest, certain, type Order } from "./order.ts";

/** Prompt tokens for each token of an answer, as chats average: what a price of two numbers is compared by. */
const INPUT_PER_OUTPUT = 3;

/** A price that is not known is not free: it comes last. */
export function cheapest(targets: readonly Target[]): Order {
  return certain(
    byLowest(targets, ({ price }) =>
      price === undefined ? Number.POSITIVE_INFINITY : price.inputPerMTok * INPUT_PER_OUTPUT + price.outputPerMTok,
    ),
  );
}
