import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The path of a fresh, empty folder; it and all in it are gone when the test file (or its `describe`) is through. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "nyuro-test-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
