import { test } from "bun:test";
import { expectNoEventLost } from "./many-streams.ts";

test(
  "1,000 streams open at once lose no event, and each leaves its row",
  () => expectNoEventLost(1_000),
  60_000,
);
