import "./style.css";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiFailure } from "./api.ts";
import { router } from "./routes.tsx";
import { SESSION } from "./session.tsx";

const isOver = (error: unknown) => error instanceof ApiFailure && error.status === 401;

/** Asks again only where asking again can help. */
function worthAgain(failures: number, error: Error): boolean {
  const isTheirs = error instanceof ApiFailure && error.status > 0 && error.status < 500;
  return !isTheirs && failures < 2;
}

/** A session that ended in the middle of things is noticed here, and the sign-in page takes over. */
function lookWhoIsThere(error: Error): void {
  const isKnown = client.getQueryData(SESSION.queryKey) !== undefined;
  if (isOver(error) && isKnown) void client.invalidateQueries({ queryKey: SESSION.queryKey });
}

const client: QueryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, retry: worthAgain } },
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== SESSION.queryKey[0]) lookWhoIsThere(error);
    },
  }),
  mutationCache: new MutationCache({ onError: lookWhoIsThere }),
});

const place = document.getElementById("app");
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
