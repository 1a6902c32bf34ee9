import { browserTest } from "./browser.ts";
import { expectNoGrowth } from "./live-memory.ts";

/** Fourteen seconds are 2,800 rows: nearly three times what any list of the page may hold. Ten minutes are in the soak. */
browserTest("200 new rows a second do not make the logs grow, whether they are watched or read", () =>
  expectNoGrowth(14),
);
