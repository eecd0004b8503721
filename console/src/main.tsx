import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError, whenSignedOut } from "./api/client.ts";
import { ME_KEY } from "./app/me.ts";
import { router } from "./app/router.tsx";
import "./styles.css";

// Dialogs lock the scrolling behind them by a style element: the policy takes those with the page's nonce alone.
Object.assign(globalThis, { __webpack_nonce__: document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content });

// A button is busy before the second click of a double one arrives: by a timer, as is usual, it would be just after, and all would be made twice.
notifyManager.setScheduler(queueMicrotask);

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the caller may not do, or got wrong, is not better the second time.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500 && error.status !== 429),
    },
  },
});

const PUBLIC_PATHS = ["/console/login", "/console/start"];
whenSignedOut(() => {
  // Nobody was known: then the question itself has failed, and says so where it was asked.
  if (queries.getQueryData(ME_KEY) !== undefined) queries.removeQueries({ queryKey: ME_KEY });
  const { pathname, href } = router.state.location;
  if (PUBLIC_PATHS.some((path) => `/console${pathname}`.replace("/console/console", "/console").startsWith(path))) return;
  void router.navigate({ to: "/login", search: { next: href } });
});

const root = document.querySelector("#root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
