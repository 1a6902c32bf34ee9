import { expect, test } from "bun:test";
import { measureTranslation } from "./translate.ts";

/** Many times what it takes: a busy machine is no reason to fail, something quadratic is. */
const MOST_REQUEST_MICROS = 400;
const MOST_EVENT_MICROS = 120;

test("translating a request of 2 KB, and an event of a stream, takes microseconds", () => {
  for (const { dialect, requestMicros, eventMicros } of measureTranslation()) {
    expect([dialect, requestMicros < MOST_REQUEST_MICROS]).toEqual([dialect, true]);
    expect([dialect, eventMicros < MOST_EVENT_MICROS]).toEqual([dialect, true]);
  }
}, 60_000);
