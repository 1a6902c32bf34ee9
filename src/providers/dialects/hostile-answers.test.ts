import { describeHostileAnswers } from "../../testing/hostile/describe-hostile-answers.ts";

describeHostileAnswers({ inputs: 16_000, seed: 5 });
