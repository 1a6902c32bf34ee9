import { expect } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { requestIdOf } from "../../src/core/ids.ts";
import type { Role } from "../../src/people/roles.ts";
import { ACCESS_RULES } from "../../src/testing/access-rules.ts";
import { catalogOf, deployment } from "../../src/testing/catalog.ts";
import { memberOf, type Visitor } from "../../src/testing/console-visitor.ts";
import { testProvider } from "../../src/testing/gateway.ts";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { jsonOf, OTHER_ORG_ID } from "../../src/testing/manage.ts";
import { ruleOf } from "../../src/testing/policy.ts";
import { browserTest } from "./browser.ts";
import { consoleScene } from "./scene.ts";
import { visit } from "./visit.ts";

/*
 * What a role may not do it is not offered: every page of the console, seen by each role of the first organization and by
 * another one's owner. What the API opens to whom is in the same rules, written by hand, that its own tests are held to.
 */

const HERE = "org_default";
const scene = await consoleScene({
  providers: [testProvider("box", "http://127.0.0.1:9")],
  catalog: catalogOf([deployment("box/m")]),
  policy: { rules: [ruleOf("no-legal", { industry: "legal" }, { deny: "No." })] },
});
const budget = { limit_usd: "5", period: "none" };
for (const [at, org_id] of [HERE, OTHER_ORG_ID].entries()) {
  const key = await jsonOf(
    scene.owner.call("POST", "/api/v1/keys", { name: "build server", org_id, budget }),
  );
  await scene.write(
    sampleRow({ sequence: 4711 + at, timeMs: scene.clock.now() - 60_000, orgId: org_id, keyId: key.id }),
  );
}

interface Somebody {
  who: string;
  role: Role;
  isOther: boolean;
  visitor: Visitor;
}

const people: Somebody[] = [
  { who: "the operator", role: "owner", isOther: false, visitor: scene.owner },
  {
    who: "another organization's owner",
    role: "owner",
    isOther: true,
    visitor: await memberOf(scene, "owner", OTHER_ORG_ID, "other@example.com"),
  },
];
for (const role of ["admin", "billing", "developer", "viewer"] as const) {
  const visitor = await memberOf(scene, role, HERE, `${role}@example.com`);
  people.push({ who: `the ${role}`, role, isOther: false, visitor });
}
const REQUEST = (isOther: boolean) => requestIdOf(isOther ? 4712 : 4711);

/** An action, the call it makes, the page that offers it, and where. */
const ACTIONS: readonly (readonly [
  action: string,
  route: string,
  path: string,
  control: (page: Page) => Locator,
])[] = [
  [
    "see figures",
    "GET /api/v1/metrics/dashboard",
    "/",
    (page) => page.getByRole("table", { name: "Figures by model" }),
  ],
  ["export logs", "GET /api/v1/logs", "/logs", (page) => page.getByRole("link", { name: "CSV" })],
  [
    "ask again",
    "POST /v1/chat/completions",
    "/logs/REQUEST",
    (page) => page.getByRole("link", { name: /^(Open|Replay) in the playground/ }),
  ],
  ["simulate", "POST /api/v1/route", "/routing", (page) => page.getByRole("heading", { name: "Simulator" })],
  ["see rules", "GET /api/v1/rules", "/routing", (page) => page.getByText("no-legal", { exact: true })],
  [
    "test a provider",
    "POST /api/v1/providers/{id}/test",
    "/providers",
    (page) => page.getByRole("button", { name: /^Test/ }),
  ],
  [
    "drain a provider",
    "POST /api/v1/providers/{id}/drain",
    "/providers",
    (page) => page.getByRole("button", { name: /^Drain/ }),
  ],
  [
    "add a provider",
    "POST /api/v1/providers",
    "/providers",
    (page) => page.getByRole("button", { name: "Add provider" }),
  ],
  ["ask", "POST /v1/chat/completions", "/playground", (page) => page.getByRole("button", { name: "Ask" })],
  [
    "see budgets",
    "GET /api/v1/budgets",
    "/budgets",
    (page) => page.getByRole("table", { name: "Budgets", exact: true }),
  ],
  ["see the bill", "GET /api/v1/bill", "/billing", (page) => page.getByRole("link", { name: "CSV" })],
  [
    "make a key",
    "POST /api/v1/keys",
    "/settings/keys",
    (page) => page.getByRole("button", { name: "Create key" }),
  ],
  [
    "rotate a key",
    "POST /api/v1/keys/{id}/rotate",
    "/settings/keys",
    (page) => page.getByRole("button", { name: "Rotate build server" }),
  ],
  [
    "revoke a key",
    "DELETE /api/v1/keys/{id}",
    "/settings/keys",
    (page) => page.getByRole("button", { name: "Revoke build server" }),
  ],
  [
    "change the organization",
    "PATCH /api/v1/orgs/{id}",
    "/settings/organization",
    (page) => page.getByRole("button", { name: "Save" }),
  ],
  [
    "make an organization",
    "POST /api/v1/orgs",
    "/settings/organization",
    (page) => page.getByRole("button", { name: "Make it" }),
  ],
  [
    "invite",
    "POST /api/v1/invitations",
    "/settings/members",
    (page) => page.getByRole("button", { name: "Invite" }),
  ],
  [
    "see members",
    "GET /api/v1/members",
    "/settings/members",
    (page) => page.getByRole("table", { name: "Members" }),
  ],
  [
    "see the audit log",
    "GET /api/v1/audit",
    "/settings/audit",
    (page) => page.getByRole("table", { name: /^Changes/ }),
  ],
];

/** What tells who may, in the place of what one may not. */
const NEEDED: Readonly<Record<string, RegExp>> = {
  "/routing": /for the operator/,
  "/providers": /for the operator/,
  "/playground": /for a developer, an admin or an owner/,
  "/budgets": /for billing, an admin or an owner/,
  "/settings/keys": /for an admin or an owner/,
  "/settings/organization": /for the operator/,
  "/settings/members": /for an admin or an owner/,
  "/settings/audit": /for the operator/,
};

const open = (page: Page, path: string) => visit(page, `${scene.url}/console${path}`, null);

function mayCall(route: string, scopes: readonly string[], role: Role): boolean {
  const rule = ACCESS_RULES[route];
  if (!Array.isArray(rule?.opens)) throw new Error(`${route} is not in the rules`);
  return rule.opens.some((scope) => scopes.includes(scope)) || (rule.alsoRoles?.includes(role) ?? false);
}

for (const { who, role, isOther, visitor } of people) {
  browserTest(`${who} is offered what the API allows, and told who may do the rest`, async () => {
    const { scopes } = await jsonOf(visitor.call("GET", "/api/v1/session"));
    const page = await scene.pageOf(visitor);
    const refused: string[] = [];
    page.on("response", (reply) => {
      if (reply.status() === 403) refused.push(`${new URL(page.url()).pathname}: ${reply.url()}`);
    });
    const found: unknown[] = [];
    const wanted: unknown[] = [];
    let here = "";
    for (const [action, route, path, control] of ACTIONS) {
      if (path !== here) await open(page, path.replace("REQUEST", REQUEST(isOther)));
      here = path;
      const isOffered = (await control(page).count()) > 0 && (await control(page).first().isEnabled());
      const may = mayCall(route, scopes, role);
      found.push([action, isOffered]);
      wanted.push([action, may]);
      const needed = NEEDED[path];
      if (!may && needed) {
        found.push(await page.getByText(needed).count());
        wanted.push(1);
        expect(await page.getByRole("main").innerText()).toContain(` you are ${role}.`);
      }
    }
    expect(found).toEqual(wanted);
    // Nothing is asked for that is refused: who may not see a page causes no call of it.
    expect(refused).toEqual([]);
    const places = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
    expect(places.includes("API Keys")).toBe(mayCall("GET /api/v1/keys", scopes, role));
    expect(places.includes("Providers & nodes")).toBe(mayCall("GET /api/v1/providers", scopes, role));
    await page.context().close();
  });
}

browserTest("an admin is not offered to make or unmake an owner, and an owner is", async () => {
  const isOffered = async (visitor: Visitor) => {
    const page = await scene.pageOf(visitor);
    await open(page, "/settings/members");
    const line = page.getByRole("row").filter({ hasText: "owner@example.com" });
    const option = page.getByLabel("Role of The viewer").getByRole("option", { name: "owner" });
    const offered = [
      await line.getByRole("combobox").isEnabled(),
      await line.getByRole("button").isEnabled(),
      await option.isEnabled(),
    ];
    await page.getByRole("button", { name: "Invite" }).click();
    const choices = await page.getByRole("dialog").getByLabel("Role").getByRole("option").allTextContents();
    await page.context().close();
    return [...offered, choices.includes("owner")];
  };
  expect(await isOffered(scene.owner)).toEqual([true, true, true, true]);
  const admin = people.find(({ role }) => role === "admin")?.visitor ?? scene.owner;
  expect(await isOffered(admin)).toEqual([false, false, false, false]);
});
