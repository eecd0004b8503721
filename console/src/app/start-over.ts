import type { QueryClient } from "@tanstack/react-query";

/** Somebody else is signed in from now on: nothing that was fetched for who was before stays, and what is shown is fetched anew. */
export async function startOver(queries: QueryClient): Promise<void> {
  queries.removeQueries({ type: "inactive" });
  await queries.resetQueries({ type: "active" });
}
