import type { Write } from "../store/group-commit.ts";

/** What stands or falls with a change of a key or an organization, and what its audit entry says was and is. */
export interface Alongside {
  write: Write;
  before: object;
  after: object;
}
