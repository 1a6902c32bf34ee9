/** What a run of `bun test` came to. */
export interface TestCount {
  passed: number;
  failed: number;
  skipped: number;
  /** Files of which nothing was reported: they ran no test, did not load, or ended the process. */
  silent: string[];
}

const TEST_CASE = /<testcase\b[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const FILE = /\bfile="([^"]*)"/;

/**
 * Counts the tests in Bun's JUnit report, and holds it against the files that were to run: by itself `bun test` is
 * content with a file that runs no test. Each silent file is a failure, and so is an exit code that nothing explains.
 */
export function countTests(junit: string, files: readonly string[], exitCode: number): TestCount {
  const count: TestCount = { passed: 0, failed: 0, skipped: 0, silent: [] };
  const reported = new Set<string>();
  for (const [element, inner = ""] of junit.matchAll(TEST_CASE)) {
    reported.add(FILE.exec(element)?.[1] ?? "");
    if (inner.includes("<skipped")) count.skipped++;
    else if (/<(?:failure|error)\b/.test(inner)) count.failed++;
    else count.passed++;
  }
  count.silent = files.filter((file) => !reported.has(file));
  count.failed += count.silent.length;
  if (exitCode !== 0 && count.failed === 0) count.failed = 1;
  return count;
}
