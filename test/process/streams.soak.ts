import { test } from "bun:test";
import { expectNoEventLost } from "./many-streams.ts";

test("3,000 streams open at once lose no event, and each leaves its row", () => expectNoEventLost(3_000));
