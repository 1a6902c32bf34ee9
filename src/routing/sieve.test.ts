import { expect, test } from "bun:test";
import fc from "fast-check";
import { CAPABILITIES, type Deployment } from "../core/deployment.ts";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { policyOf, routeRequest } from "../testing/policy.ts";
import { isPlain, refusalOf } from "./filter.ts";
import { Sieve } from "./sieve.ts";
import type { Terms } from "./terms.ts";

const policy = policyOf(catalogOf([]));

function termsOf(
  asked: Pick<Terms, "outputTokens" | "qualityFloor"> & Parameters<typeof routeRequest>[0],
): Terms {
  const { outputTokens, qualityFloor, ...request } = asked;
  const terms = {
    request: routeRequest(request),
    outputTokens,
    qualityFloor,
    maxCostNanoUsd: null,
    localOnly: false,
    freeOnly: false,
    draining: policy.draining,
    notTaken: policy.notTaken,
  };
  return { ...terms, isPlain: isPlain(terms) };
}

const anyDeployments = fc.array(
  fc.record({
    contextLength: fc.option(fc.integer({ min: 1, max: 3000 })),
    quality: fc.option(fc.integer({ min: 0, max: 100 })),
    capabilities: fc.option(fc.subarray([...CAPABILITIES])),
    kind: fc.constantFrom("chat" as const, "embedding" as const, null),
    local: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);
const anyTerms = fc.record({
  needs: fc.subarray([...CAPABILITIES]),
  promptTokens: fc.integer({ min: 0, max: 2000 }),
  outputTokens: fc.option(fc.integer({ min: 0, max: 2000 })),
  qualityFloor: fc.option(fc.integer({ min: 0, max: 100 })),
  kind: fc.constantFrom("chat" as const, "embedding" as const),
});

test("what is remembered is what would be found anew, whatever was asked before", () => {
  fc.assert(
    fc.property(anyDeployments, fc.array(anyTerms, { minLength: 2, maxLength: 12 }), (made, asked) => {
      const list: Deployment[] = made.map((fields, at) => deployment(`p/m${at}`, fields));
      const sieve = new Sieve();
      for (const each of [...asked, ...asked]) {
        const terms = termsOf(each);
        const { kept, refused } = sieve.sift(list, terms);
        expect([...kept]).toEqual(list.filter((it) => refusalOf(it, terms) === null));
        expect(refused.map(({ deployment: { id }, reason }) => [id, reason])).toEqual(
          list.flatMap((it) => {
            const reason = refusalOf(it, terms);
            return reason === null ? [] : [[it.id, reason]];
          }),
        );
      }
    }),
  );
});
