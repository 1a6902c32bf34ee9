import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ManageRoute, matchRoute, ROUTES } from "./routes.ts";

const page = readFileSync(join(import.meta.dir, "../../../docs/api.md"), "utf8");

test("docs/api.md lists every route with its scope, and no other", () => {
  const written = [...page.matchAll(/^\| `([A-Z]+ \/\S+)` \| (\w+) \|/gm)].map(([, route, scope]) => [
    route,
    scope,
  ]);
  const routes: ManageRoute[] = Object.values(ROUTES);
  const coded = routes.map(({ method, path, scope }) => [`${method.toUpperCase()} ${path}`, scope ?? "none"]);
  expect(written).toEqual(coded);
});

test.each([
  ["GET", "/api/v1/keys", "/api/v1/keys"],
  ["HEAD", "/api/v1/keys", "/api/v1/keys"],
  ["DELETE", "/api/v1/keys/key_1", "/api/v1/keys/{id}"],
  ["POST", "/api/v1/keys/rotate/rotate", "/api/v1/keys/{id}/rotate"],
])("%s %s is the route %s", (method, path, expected) => {
  expect(matchRoute(method, path)).toMatchObject({ route: { path: expected } });
});

test.each([
  ["PUT", "/api/v1/keys", ["GET", "POST"]],
  ["OPTIONS", "/api/v1/key", ["GET"]],
])("%s %s is a known path with other methods", (method, path, allowed) => {
  expect(matchRoute(method, path)).toEqual({ allowed });
});

test.each([
  "/api/v1",
  "/api/v1/keys/",
  "/api/v1/keys//rotate",
  "/api/v1/keys/a%2Frotate",
  "/api/v1/KEYS",
  "/api/v1/keys/{id}/x",
  "",
])("%p is no route", (path) => expect(matchRoute("GET", path)).toBeNull());
