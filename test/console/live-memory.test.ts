import { browserTest } from "./browser.ts";
import { expectNoGrowth } from "./live-memory.ts";

/** A minute with what comes before it is measured: twelve thousand rows, of which a page may hold a thousand. The soak takes ten. */
browserTest("200 new rows a second do not make the logs grow, whether they are watched or read", () =>
  expectNoGrowth(18),
);
