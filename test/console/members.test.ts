import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import type { ServerProcess } from "../process/server.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway } from "./stage.ts";

/** People come by a link, see what their role allows, and are gone when they are removed. */

let server: ServerProcess;
let owner: Page;
let viewer: Page;

beforeAll(async () => {
  server = await freshGateway();
});
afterAll(() => server.stop());

const places = async (page: Page) =>
  (await page.getByRole("navigation").getByRole("link").allTextContents()).sort();

browserTest(
  "an invitation's link makes a viewer, who is offered what a viewer may see and no more",
  async () => {
    owner = await openPage();
    await becomeOwner(server, owner);
    expect(await places(owner)).toContain("API Keys");
    await owner.getByRole("link", { name: "Members" }).click();
    await owner.getByRole("button", { name: "Invite" }).click();
    await owner.getByRole("dialog").getByLabel("Role").selectOption("viewer");
    await owner.getByRole("button", { name: "Make the link" }).click();
    const link = (await owner.getByRole("region", { name: "The invitation's link" }).textContent()) ?? "";
    await owner.getByRole("button", { name: "Done" }).click();

    viewer = await openPage();
    await viewer.goto(link.trim());
    await viewer.getByLabel("Name").fill("Vera Viewer");
    await viewer.getByLabel("Email").fill("vera@example.com");
    await viewer.getByLabel("Password").fill("a password of Vera's");
    await viewer.getByRole("button", { name: "Join" }).click();
    await viewer.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    const seen = await places(viewer);
    expect(seen).toContain("Logs");
    for (const hidden of ["API Keys", "Members", "Providers & nodes", "Audit log", "Playground"])
      expect(seen).not.toContain(hidden);
  },
);

browserTest("a page that the role does not allow says so, by its address too", async () => {
  for (const path of ["settings/keys", "settings/members", "providers", "settings/audit"]) {
    await viewer.goto(`${server.url}/console/${path}`);
    await viewer.getByText("you are viewer").first().waitFor();
  }
});

browserTest(
  "a role that is changed holds from the next look on, and who is removed is signed out",
  async () => {
    await owner.reload();
    await owner.getByLabel("Role of Vera Viewer").selectOption("admin");
    await owner.waitForLoadState("networkidle");
    await viewer.goto(`${server.url}/console/settings/keys`);
    await viewer.getByRole("button", { name: "Create key" }).first().waitFor();
    expect(await places(viewer)).toContain("API Keys");

    await owner.getByRole("button", { name: "Remove Vera Viewer" }).click();
    await owner.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await owner.getByRole("dialog").waitFor({ state: "detached" });
    await viewer.goto(`${server.url}/console/logs`);
    await viewer.getByRole("heading", { name: "Sign in to Nyuro" }).waitFor();
  },
);
