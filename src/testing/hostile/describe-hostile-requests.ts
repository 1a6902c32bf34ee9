import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { promptBound, promptTexts } from "../../budget/prompt-bound.ts";
import type { Caller } from "../../core/caller.ts";
import { type ApiError, errorBody } from "../../core/errors.ts";
import { askedOf } from "../../gateway/asked.ts";
import { type ParsedRequest, parseChat, parseEmbeddings } from "../../gateway/parse.ts";
import { routeReason } from "../../gateway/reason.ts";
import { withParamsOf } from "../../gateway/set-params.ts";
import { tokensOf } from "../../gateway/token-estimate.ts";
import type { Unsupported, WireRequest } from "../../providers/contract.ts";
import { OWN_FIELDS } from "../../providers/own-fields.ts";
import { promptClassifier } from "../../routing/classify.ts";
import type { Plan } from "../../routing/decision.ts";
import { explain } from "../../routing/explain.ts";
import { CALM } from "../../routing/health-reader.ts";
import { plan } from "../../routing/plan.ts";
import { catalogOf, deployment } from "../catalog.ts";
import { TARGETS } from "../conversations/targets.ts";
import { deepFreeze } from "../deep-freeze.ts";
import { policyOf, ruleOf } from "../policy.ts";
import { hostileBodies } from "./hostile-requests.ts";
import { isPolluted, MANY_INPUTS_TIMEOUT_MS } from "./hostile-values.ts";

export interface Extent {
  /** Bodies of each operation: three quarters of them chats. */
  inputs: number;
  /** Absent = others each time; a failure says which. */
  seed?: number;
}

const CALLER: Caller = {
  keyId: "key_test",
  orgId: "org_test",
  scopes: ["inference"],
  allowedModels: null,
  allowedProviders: null,
  rateLimits: null,
};
const catalog = catalogOf(
  [deployment("one/gpt"), deployment("two/gpt"), deployment("one/claude-3-5-sonnet")],
  {
    fast: ["gpt"],
  },
);
/** Rules that look at everything there is. */
const policy = policyOf(catalog, {
  classifier: promptClassifier,
  industries: { legal: ["gpt"] },
  auto: { chat: ["gpt"] },
  rules: [
    ruleOf("pii", { containsPii: true }, { onlyLocal: false }, 1),
    ruleOf("words", { keywords: { any: ["secret"], all: [] } }, { maxCostNanoUsd: 10 }, 2),
    ruleOf("team", { metadata: { team: "a" } }, { setParams: { temperature: 0 } }, 3),
  ],
});
const asking = { sticky: ["user", "session_id"], sessionId: "s", maxCostUsd: null, seed: 0.5 };
const LONGEST_SENTENCE = 1_000;

function checkError(error: ApiError): void {
  expect(error.status).toBeWithin(400, 504);
  expect(error.message.length).toBeLessThan(LONGEST_SENTENCE);
  expect((error.param ?? "").length).toBeLessThan(LONGEST_SENTENCE);
  expect(JSON.parse(errorBody(error)).error.code).toBe(error.code);
}

function checkWire(wire: WireRequest | Unsupported): void {
  if ("unsupported" in wire) return expect(wire.why).toMatch(/\.$/);
  const body = JSON.parse(wire.body);
  for (const field of OWN_FIELDS) expect(Object.hasOwn(body, field)).toBe(false);
  expect([...wire.dropped, ...wire.added].every((it) => typeof it === "string")).toBe(true);
}

/** All that happens to a body between the socket and the network. */
function checkBody(text: string, operation: "chat" | "embeddings", turn: number): "refused" | "sent" {
  const parsed = (operation === "chat" ? parseChat : parseEmbeddings)(text, CALLER, catalog, asking);
  if ("code" in parsed) {
    checkError(parsed);
    return "refused";
  }
  deepFreeze(parsed.body);
  expect(parsed.route.promptTokens >= 0 && Number.isFinite(parsed.route.promptTokens)).toBe(true);
  const bound = promptBound(parsed.body, operation);
  expect(Number.isSafeInteger(bound.textTokens + bound.attachedTokens + bound.unsizedFiles)).toBe(true);
  promptTexts(parsed.body, operation);
  const planned = plan(parsed.route, { policy, catalog, health: CALM });
  if ("code" in planned) {
    checkError(planned);
    return "refused";
  }
  checkPlan(planned, parsed);
  send(withParamsOf(planned.rule, parsed), operation, turn);
  return "sent";
}

function checkPlan(planned: Plan, parsed: ParsedRequest): void {
  expect(routeReason(planned, null)).toBeString();
  explain(planned, parsed.route, CALM);
  expect(Number.isFinite(tokensOf(parsed, planned))).toBe(true);
}

/** One model of each dialect in turn. */
function send({ body }: ParsedRequest, operation: "chat" | "embeddings", turn: number): void {
  for (const targets of Object.values(TARGETS)) {
    const at = targets[turn % targets.length];
    if (!at) continue;
    const { dialect, target } = at;
    if (operation === "embeddings") checkWire(dialect.encodeEmbeddings(body, target));
    else {
      for (const url of dialect.urlsToFetch?.(body, target) ?? []) expect(url).toBeString();
      checkWire(dialect.encodeChat(body, target));
    }
  }
}

/** Whatever a caller writes, it is refused in a sentence or sent as JSON: nothing is thrown, and nothing of ours changed. */
export function describeHostileRequests({ inputs, seed = Date.now() % 2 ** 31 }: Extent): void {
  afterAll(() => expect(isPolluted()).toBe(false));
  const settings = { seed, includeErrorInReport: true, endOnFailure: true };

  test.each([
    ["chat", Math.ceil((inputs * 3) / 4)],
    ["embeddings", Math.floor(inputs / 4)],
  ] as const)(
    `bodies for %s (seed ${seed})`,
    (operation, numRuns) => {
      const counts = { refused: 0, sent: 0 };
      let turn = 0;
      const check = (text: string) => {
        counts[checkBody(text, operation, turn++)] += 1;
      };
      fc.assert(fc.property(hostileBodies(operation, seed), check), { ...settings, numRuns });
      expect(isPolluted()).toBe(false);
      expect(Math.min(counts.refused, counts.sent)).toBeGreaterThan(numRuns / 10);
    },
    MANY_INPUTS_TIMEOUT_MS,
  );

  test(`any Idempotency-Key (seed ${seed})`, () => {
    const incoming = { caller: CALLER, operation: "chat", maxCostUsd: null, sessionId: null } as const;
    const check = (key: string) => {
      const asked = askedOf(incoming as Parameters<typeof askedOf>[0], key, "{}");
      if ("code" in asked) checkError(asked);
    };
    fc.assert(fc.property(fc.string({ unit: "binary" }), check), { ...settings, numRuns: 500 });
  });
}
