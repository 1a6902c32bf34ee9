import { describeApiRequests } from "../src/testing/api-requests/describe-api-requests.ts";

/** Other requests each time: what fails prints its seed. */
await describeApiRequests({ requests: 100_000 });
