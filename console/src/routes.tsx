import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
} from "@tanstack/react-router";
import type { ZodMiniType } from "zod/mini";
import { Failure, Waiting } from "./parts/notice.tsx";
import * as search from "./search.ts";
import { NoPage } from "./shell/no-page.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({
  validateSearch: (given) => search.everywhere.parse(given) as object,
  component: Outlet,
  notFoundComponent: NoPage,
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

/** A page: its code comes when it is first opened. */
function page(path: string, load: () => Promise<RouteComponent>, schema?: ZodMiniType) {
  return createRoute({
    getParentRoute: () => shell,
    path,
    validateSearch: (given) => (schema?.parse(given) ?? {}) as object,
    component: lazyRouteComponent(async () => ({ default: await load() })),
  });
}

function door(path: string, load: () => Promise<RouteComponent>, schema?: ZodMiniType) {
  return createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (given) => (schema?.parse(given) ?? {}) as object,
    component: lazyRouteComponent(async () => ({ default: await load() })),
  });
}

/** Every page, in the order of the navigation. */
const PAGES = [
  page("/", async () => (await import("./pages/overview/overview.tsx")).Overview, search.overview),
  page("/logs", async () => (await import("./pages/logs/logs.tsx")).Logs, search.logs),
  page("/logs/$id", async () => (await import("./pages/request/request.tsx")).Request, search.request),
  page("/models", async () => (await import("./pages/models/models.tsx")).Models, search.models),
  page("/routing", async () => (await import("./pages/routing/routing.tsx")).Routing, search.routing),
  page(
    "/providers",
    async () => (await import("./pages/providers/providers.tsx")).Providers,
    search.providers,
  ),
  page(
    "/playground",
    async () => (await import("./pages/playground/playground.tsx")).Playground,
    search.playground,
  ),
  page("/budgets", async () => (await import("./pages/budgets/budgets.tsx")).Budgets, search.budgets),
  page("/billing", async () => (await import("./pages/billing/billing.tsx")).Billing, search.billing),
  page("/settings/keys", async () => (await import("./pages/keys/keys.tsx")).Keys, search.keys),
  page(
    "/settings/organization",
    async () => (await import("./pages/organization/organization.tsx")).Organization,
  ),
  page("/settings/members", async () => (await import("./pages/members/members.tsx")).Members),
  page("/settings/audit", async () => (await import("./pages/audit/audit.tsx")).Audit, search.audit),
  page("/settings/account", async () => (await import("./pages/account/account.tsx")).Account),
];

const DOORS = [
  door("/sign-in", async () => (await import("./pages/doors/sign-in.tsx")).SignIn, search.signIn),
  door("/setup", async () => (await import("./pages/doors/setup.tsx")).Setup, search.setup),
  door(
    "/invitation",
    async () => (await import("./pages/doors/invitation.tsx")).Invitation,
    search.invitation,
  ),
];

export const router = createRouter({
  routeTree: root.addChildren([...DOORS, shell.addChildren(PAGES)]),
  basepath: "/console",
  parseSearch: search.parseSearch,
  stringifySearch: search.stringifySearch,
  defaultPreload: "intent",
  defaultPendingMs: 200,
  defaultPendingComponent: Waiting,
  defaultErrorComponent: ({ error, reset }) => (
    <Failure error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
  ),
  scrollRestoration: true,
});
