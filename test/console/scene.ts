import type { BrowserContextOptions, Page } from "playwright-core";
import { CONSOLE_FILES, ConsoleBuild } from "../../src/boot/console-build.ts";
import { BuiltFiles } from "../../src/server/console/built-files.ts";
import { serveConsole } from "../../src/server/console/serve-console.ts";
import { ownerOf, type Visitor } from "../../src/testing/console-visitor.ts";
import { type ManageScene, type ManageSceneOptions, manageScene } from "../../src/testing/manage.ts";
import { openPage } from "./browser.ts";

export interface ConsoleScene extends ManageScene {
  owner: Visitor;
  /** A browser of its own with that person's session, null = nobody's, whose clock is the server's. */
  pageOf(visitor: Visitor | null, options?: BrowserContextOptions): Promise<Page>;
}

const silent = () => {};

/** The console before a server whose clock stands still and whose ledger the test writes itself. */
export async function consoleScene(options: ManageSceneOptions = {}): Promise<ConsoleScene> {
  const build = new ConsoleBuild({ info: silent, warn: silent, error: silent });
  build.start();
  const serve = serveConsole({ files: new BuiltFiles(CONSOLE_FILES), built: () => build.done });
  const scene = await manageScene({ ...options, serveConsole: serve });
  const owner = await ownerOf(scene);
  return {
    ...scene,
    owner,
    async pageOf(visitor, pageOptions) {
      const page = await openPage(pageOptions);
      const [name = "", value = ""] = visitor?.cookie?.split(/=(.*)/s) ?? [];
      if (visitor) await page.context().addCookies([{ name, value, url: scene.url }]);
      await page.clock.setFixedTime(scene.clock.now());
      return page;
    },
  };
}
