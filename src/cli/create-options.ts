import type { LimitOptions } from "./limits.ts";

/** Options of `nyuro keys create`, as they were written. */
export interface CreateOptions extends LimitOptions {
  name: string;
  scopes?: string;
  models?: string;
  providers?: string;
  expires?: string;
  org?: string;
  offline?: boolean;
  config?: string;
}

/** `a, b` → `["a", "b"]`; absent stays absent. */
export function namesOf(list: string | undefined): string[] | undefined {
  return list
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
