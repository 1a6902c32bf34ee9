import { describeHostileAnswers } from "./testing/hostile/describe-hostile-answers.ts";
import { describeHostileRequests } from "./testing/hostile/describe-hostile-requests.ts";
describeHostileAnswers({ inputs: 60_000 });
describeHostileRequests({ inputs: 60_000 });
