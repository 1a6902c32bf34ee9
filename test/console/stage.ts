import type { Page } from "playwright-core";
import { type ServerOptions, type ServerProcess, startServer } from "../process/server.ts";

export const OWNER = { name: "Ada Owner", email: "ada@example.com", password: "a long enough password" };

/** A gateway as an operator starts it, whose printed link was not opened yet. */
export function freshGateway(options: ServerOptions = {}): Promise<ServerProcess> {
  return startServer(options);
}

/** As the terminal shows it, once. */
export function printedLink({ out }: ServerProcess): string {
  return /(\S+\/console\/setup\?token=\S+)/.exec(out)?.[1] ?? "";
}

/** Opens the printed link and becomes the owner, as a person would. */
export async function becomeOwner(server: ServerProcess, page: Page): Promise<void> {
  await page.goto(printedLink(server));
  await page.getByLabel("Name").fill(OWNER.name);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Make the owner" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}
