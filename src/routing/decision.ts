import type { Task } from "../config/words.ts";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import type { Excluded } from "./exclusion.ts";
import type { Form } from "./forms.ts";
import type { HealthReader, Rest } from "./health-reader.ts";
import type { RoutePolicy } from "./policy.ts";
import type { Rule } from "./rule.ts";

export interface Candidate {
  deployment: Deployment;
  /** What of the request put it here: `alias`, `pinned`, `models[1]:alias`. */
  reason: string;
  /** Null = ready; else it stands at the end of the chain. */
  rest: Rest | null;
}

/** Where a request could go, in order, and why not elsewhere. */
export interface Plan {
  /** Never empty; no deployment twice. */
  candidates: readonly Candidate[];
  /** Who would be first if nobody rested: leaving it is a fallback. */
  preferred: Candidate;
  excluded: readonly Excluded[];
  /** The form of the entry that the preferred candidate came from. */
  form: Form | "models";
  /** The rule that matched; null = none. */
  rule: Rule | null;
  /** What the prompt was classified as; null = nobody had to know. */
  task: Task | null;
  /** The tag of the request; null = none. */
  industry: string | null;
  catalogRevision: string;
}

/** What a decision stands on besides the request. `policy` is the one compiled for this catalog. */
export interface Ground {
  policy: RoutePolicy;
  catalog: CatalogView;
  health: HealthReader;
}
