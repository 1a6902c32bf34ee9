import { expect, test } from "bun:test";
import type { Scope } from "../../core/caller.ts";
import { ROLES, type Role } from "../../people/roles.ts";
import { accessScene } from "../../testing/access-scene.ts";
import { memberOf, ownerOf, type Visitor } from "../../testing/console-visitor.ts";
import { jsonOf, OTHER_ORG_ID } from "../../testing/manage.ts";
import { isOrganizations, nameOf, RouteAsking, ruleOf } from "../../testing/route-asking.ts";
import { type ServedRoute, servedRoutes } from "../../testing/served-routes.ts";

/*
 * Each role of each kind of organization times every route that is served, by the session's cookie. Which roles have
 * which scopes is written down here once more; what scopes open is in the same rules that keys are held to.
 */

const SCOPES_OF: Record<Role, readonly Scope[]> = {
  owner: ["manage", "inference", "read"],
  admin: ["manage", "inference", "read"],
  billing: ["read"],
  developer: ["inference", "read"],
  viewer: ["read"],
};

interface Member {
  visitor: Visitor;
  role: Role;
  isOther: boolean;
  email: string;
  scopes: readonly Scope[];
}

const scene = await accessScene();
const asking = new RouteAsking(scene);
const routes = servedRoutes(await jsonOf(scene.call("GET", "/openapi.json", null)));

async function memberAs(role: Role, isOther: boolean): Promise<Member> {
  const isOperator = role === "owner" && !isOther;
  const email = `${role}-${isOther ? "other" : "own"}@x.test`;
  const orgId = isOther ? OTHER_ORG_ID : scene.own.orgId;
  const visitor = isOperator ? await ownerOf(scene, email) : await memberOf(scene, role, orgId, email);
  return { visitor, role, isOther, email, scopes: isOperator ? ["admin"] : SCOPES_OF[role] };
}

const members: [string, Member][] = [];
for (const isOther of [false, true])
  for (const role of ROLES)
    members.push([
      `the ${isOther ? "other organization's" : "first organization's"} ${role}`,
      await memberAs(role, isOther),
    ]);

function expectedStatus(route: ServedRoute, { role, isOther, scopes }: Member): number {
  const { opens, alsoRoles, isOfKeys, status = 200 } = ruleOf(route);
  if (opens === null || opens === "session") return status;
  const isOpen = opens.some((scope) => scopes.includes(scope)) || alsoRoles?.includes(role);
  if (!isOpen) return 403;
  if (isOfKeys) return 404;
  return isOther && isOrganizations(route) ? 404 : status;
}

/** What only a visitor of their own can be asked: it ends the session, or names one. */
async function answerOf(route: ServedRoute, { visitor, isOther }: Member) {
  const { orgId } = isOther ? scene.other : scene.own;
  const send = (method: string, url: string, body: unknown) =>
    visitor.call(method, url, nameOf(route) === "PATCH /api/v1/session" ? { org_id: orgId } : body);
  if (route.path !== "/api/v1/sessions/{id}") return asking.ask(route, route.path, send);
  const { data } = await jsonOf(visitor.call("GET", "/api/v1/sessions"));
  return asking.ask(route, route.path, send, { id: data.at(-1).id });
}

const endsSession = (route: ServedRoute) =>
  route.method === "DELETE" && route.path.startsWith("/api/v1/session");

const cases = members.flatMap(([who, member]) =>
  routes.map((route) => [route.method, route.path, who, { route, member }] as const),
);

test.each(cases)("%s %s for %s is what the rules say", async (_, __, ___, { route, member }) => {
  const { visitor, isOther, email } = member;
  const { reply, text } = await answerOf(route, member);
  expect(reply.status).toBe(expectedStatus(route, member));
  for (const secret of scene.secrets) expect(text).not.toContain(secret);
  const foreign = isOther ? scene.own.marks : member.scopes.includes("admin") ? [] : scene.other.marks;
  for (const mark of foreign) expect(text).not.toContain(mark);
  if (endsSession(route)) await visitor.signIn(email);
});

test("the session tells each role what the matrix found: the page needs no table of its own", async () => {
  const told = await Promise.all(
    members.map(async ([, { visitor }]) => {
      const { role, org, scopes, rights } = await jsonOf(visitor.call("GET", "/api/v1/session"));
      return [role, org.id === OTHER_ORG_ID, scopes.join(" "), rights.join(" ")];
    }),
  );
  expect(told).toEqual([
    ["owner", false, "admin", ""],
    ["admin", false, "inference manage", ""],
    ["billing", false, "read", "budgets"],
    ["developer", false, "inference read", ""],
    ["viewer", false, "read", ""],
    ["owner", true, "inference manage", ""],
    ["admin", true, "inference manage", ""],
    ["billing", true, "read", "budgets"],
    ["developer", true, "inference read", ""],
    ["viewer", true, "read", ""],
  ]);
});

test("every change that a session makes needs the console's header", async () => {
  const [, owner] = members[0] ?? [];
  for (const route of routes.filter((it) => it.method !== "GET" && ruleOf(it).opens !== null)) {
    const send = (method: string, url: string, body: unknown) =>
      owner?.visitor.call(method, url, body, { "x-nyuro-console": "0" }) ??
      Promise.reject(new Error("no owner"));
    const { reply, text } = await asking.ask(route, route.path, send);
    expect([nameOf(route), reply.status, JSON.parse(text).error.code]).toEqual([
      nameOf(route),
      403,
      "cross_site",
    ]);
  }
});

test("the playground's requests are in the ledger under the person, and held to what the organization is held to", async () => {
  const developer = members.find(([who]) => who === "the other organization's developer")?.[1].visitor;
  if (!developer) throw new Error("there is no developer");
  const { user } = await jsonOf(developer.call("GET", "/api/v1/session"));
  const chat = () =>
    developer.call("POST", "/v1/chat/completions", {
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
    });
  const served = await chat();
  expect(served.status).toBe(200);
  const id = served.headers.get("x-request-id");
  const row = await jsonOf(developer.call("GET", `/api/v1/logs/${id}`));
  expect(row).toMatchObject({ id, key_id: user.id, org_id: OTHER_ORG_ID, status: "ok" });
  const admin = scene.askers.get("the admin key")?.secret ?? "";
  const limit = (rate_limit: object | null) =>
    scene.call("PATCH", `/api/v1/orgs/${OTHER_ORG_ID}`, admin, { rate_limit });
  await limit({ rpm: 0 });
  const refused = await chat();
  expect([refused.status, (await jsonOf(refused)).error.metadata.scope]).toEqual([429, "org"]);
  await limit(null);
  expect((await chat()).status).toBe(200);
});
