import { browserTest } from "./console/browser.ts";
import { expectNoGrowth } from "./console/live-memory.ts";

browserTest(
  "200 new rows a second for ten minutes, and ten more while somebody reads, do not make the logs grow",
  () => expectNoGrowth(600),
  30 * 60_000,
);
