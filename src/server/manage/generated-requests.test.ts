import { describeApiRequests } from "../../testing/api-requests/describe-api-requests.ts";

await describeApiRequests({ requests: 10_000, seed: 5 });
