import { describeHostileRequests } from "../testing/hostile/describe-hostile-requests.ts";

/** The rest of the hundred thousand are answers: see the dialects' own. */
describeHostileRequests({ inputs: 12_000, seed: 5 });
