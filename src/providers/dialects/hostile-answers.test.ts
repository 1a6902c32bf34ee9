import { describeHostileAnswers } from "../../testing/hostile/describe-hostile-answers.ts";

/** 88,000 for the five dialects; the rest of the hundred thousand are requests: see the gateway's own. */
describeHostileAnswers({ inputs: 17_600, seed: 5 });
