import { Navigate } from "@tanstack/react-router";
import { ErrorState } from "../ui/states.tsx";
import { Page } from "../ui/page.tsx";
import { shellText as text } from "#text/shell.ts";
import { ApiError } from "../api/client.ts";
import { may, useMe } from "./me.ts";
import { PAGES } from "./pages.ts";

/** Where somebody begins: in a tenant with its models, else with the running service. */
export function Landing() {
  const { data: me, error, refetch } = useMe();
  if (me === undefined) {
    // Who is not signed in is on the way to the page for that.
    if (error === null || (error instanceof ApiError && error.status === 401)) return null;
    return (
      <Page title={text.welcome}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const first = PAGES.find((page) => page.shows(me))?.path ?? "/playground";
  return <Navigate to={me.tenant !== undefined ? "/playground" : may(me, "operations.read") ? "/operations" : first} replace />;
}
