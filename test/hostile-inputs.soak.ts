import { describeHostileAnswers } from "../src/testing/hostile/describe-hostile-answers.ts";
import { describeHostileRequests } from "../src/testing/hostile/describe-hostile-requests.ts";

/** Other inputs each time: what fails prints its seed. */
describeHostileAnswers({ inputs: 200_000 });
describeHostileRequests({ inputs: 200_000 });
